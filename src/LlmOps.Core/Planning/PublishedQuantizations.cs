using System.Text.RegularExpressions;
using LlmOps.Hub;

namespace LlmOps.Planning;

/// <summary>The quantizations of a model that people have published on the Hub, found by their names: the model's own name with a word such as <c>AWQ</c>, <c>FP8</c> or <c>GGUF</c> behind it.</summary>
/// <param name="environment">The environment's variables.</param>
/// <param name="time">The clock.</param>
public sealed partial class PublishedQuantizations(HubEnvironment environment, TimeProvider time)
{
    private const int AtOnce = 6;
    private const string Middling = "Q4_K_M";

    /// <summary>Finds them and reads their metadata, the model itself first. One whose metadata cannot be read is left out.</summary>
    /// <param name="model">The repository of the model or of one of its quantizations.</param>
    /// <param name="token">The token for the Hub, or null for this machine's own.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">The Hub can't be searched.</exception>
    public async Task<IReadOnlyList<ModelMetadata>> ReadAsync(string model, string? token, int most, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = BareName(model);
        var ids = new List<string> { model };
        await foreach (var found in new ModelSearch(environment, time).FindAsync(new ModelQuery { Text = name, First = 100 }, token, cancel).ConfigureAwait(false))
        {
            if (BareName(found.Id).Equals(name, StringComparison.OrdinalIgnoreCase) && !ids.Contains(found.Id, StringComparer.OrdinalIgnoreCase)) ids.Add(found.Id);
            if (ids.Count == most) break;
        }

        using var slots = new SemaphoreSlim(AtOnce);
        var all = await Task.WhenAll(ids.Select(ReadOneAsync)).ConfigureAwait(false);
        return [.. all.OfType<ModelMetadata>()];

        async Task<ModelMetadata?> ReadOneAsync(string id)
        {
            await slots.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                var reader = new MetadataReader(environment, time);
                return await reader.ReadAsync(id, "main", id.Contains("GGUF", StringComparison.OrdinalIgnoreCase) ? Middling : null, token, cancel).ConfigureAwait(false);
            }
            catch (LlmOpsException)
            {
                return null;
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <summary>The name without its owner and without the words of quantization at its end.</summary>
    internal static string BareName(string id)
    {
        var name = id[(id.LastIndexOf('/') + 1)..];
        while (QuantizationWord().Match(name) is { Success: true } word && word.Index > 0) name = name[..word.Index];
        return name;
    }

    [GeneratedRegex(@"[-_.](?:awq|gptq|gguf|fp8|fp4|nvfp4|mxfp4|mxfp8|int4|int8|bnb|[48]-?bits?|w[48]a(?:4|8|16)|g(?:32|64|128)|dynamic|autoround|exl[23]|hqq|quantized|marlin|i1|i?q\d\w*|block|kv)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuantizationWord();
}
