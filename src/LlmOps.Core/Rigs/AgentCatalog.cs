using System.Security.Cryptography;

namespace LlmOps.Rigs;

/// <summary>
/// The builds of the agent that this workstation can put on a rig: <c>&lt;folder&gt;/&lt;platform&gt;/llmops-agent</c>. A native build, which needs
/// a certain C library, comes before the portable one of its platform: it is a fifth of the size and starts at once.
/// </summary>
/// <param name="folder">Where they lie.</param>
public sealed class AgentCatalog(string folder)
{
    private readonly Lazy<IReadOnlyList<AgentBinary>> _binaries = new(() => Read(folder));

    /// <summary>All builds.</summary>
    /// <exception cref="LlmOpsException"><c>AgentMissing</c> if there are none.</exception>
    public IReadOnlyList<AgentBinary> Binaries => _binaries.Value is { Count: > 0 } some ? some : throw RigErrors.AgentMissing(folder);

    private static AgentBinary[] Read(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder)
                .OrderByDescending(platform => Path.GetFileName(platform), StringComparer.Ordinal)
                .Select(platform => Path.Join(platform, "llmops-agent"))
                .Where(File.Exists)
                .Select(path => new AgentBinary(Path.GetFileName(Path.GetDirectoryName(path))!, path, new FileInfo(path).Length, Hash(path)))]
            : [];

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
