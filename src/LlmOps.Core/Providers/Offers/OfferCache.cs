using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.State;

namespace LlmOps.Providers;

/// <summary>The offers as they were last seen, in <c>offers.json</c> in LlmOps' home, so that they can be looked at without a network.</summary>
/// <param name="home">LlmOps' home.</param>
public sealed class OfferCache(LlmOpsHome home)
{
    private string File => Path.Join(home.Folder, "offers.json");

    /// <summary>The offers of all providers, as they were last seen; none where nothing was kept or the file can't be read.</summary>
    public IReadOnlyList<GpuOffer> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(File), OfferCacheJson.Default.IReadOnlyListGpuOffer) ?? [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    /// <summary>Keeps what providers have answered; what others offered before, and machines with another number of GPUs than was asked for, stay.</summary>
    /// <param name="providers">The providers that have answered.</param>
    /// <param name="gpuCount">The number of GPUs that was asked for, or null for all.</param>
    /// <param name="offers">All that they offered.</param>
    public void Write(IReadOnlyCollection<string> providers, int? gpuCount, IEnumerable<GpuOffer> offers)
    {
        var kept = Read().Where(offer => !providers.Contains(offer.Provider) || (gpuCount is { } count && offer.GpuCount != count));
        AtomicFile.Write(File, JsonSerializer.SerializeToUtf8Bytes([.. kept, .. offers], OfferCacheJson.Default.IReadOnlyListGpuOffer), durable: false);
    }
}

/// <summary>Serialises offers without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<GpuOffer>))]
internal sealed partial class OfferCacheJson : JsonSerializerContext;
