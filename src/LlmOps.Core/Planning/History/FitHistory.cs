using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.State;

namespace LlmOps.Planning;

/// <summary>What engines have printed about their memory, kept on the workstation: one small file for a model, a GPU, a number of them and a version. Losing it costs nothing but exactness.</summary>
/// <param name="folder">The folder; it need not be there.</param>
public sealed class FitHistory(string folder)
{
    /// <summary>Keeps what was printed, in place of what was known of the same.</summary>
    /// <param name="measurement">The figures.</param>
    public void Add(EngineMeasurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Join(folder, NameOf(measurement)), JsonSerializer.SerializeToUtf8Bytes(measurement, FitHistoryJson.Default.EngineMeasurement));
    }

    /// <summary>What was printed about a model, on whatever GPUs.</summary>
    /// <param name="model">The model.</param>
    public IReadOnlyList<EngineMeasurement> Of(string model) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, "*.json").Select(Read).OfType<EngineMeasurement>().Where(item => item.Model.Equals(model, StringComparison.OrdinalIgnoreCase))];

    private static EngineMeasurement? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), FitHistoryJson.Default.EngineMeasurement);
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NameOf(EngineMeasurement item)
    {
        var whole = $"{item.Model.ToUpperInvariant()}\n{item.Gpu}\n{item.GpuCount}\n{item.EngineVersion}\n{item.KvCacheDtype}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..24] + ".json";
    }
}

/// <summary>Serialises the figures without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineMeasurement))]
internal sealed partial class FitHistoryJson : JsonSerializerContext;
