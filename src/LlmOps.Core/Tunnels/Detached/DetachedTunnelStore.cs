using System.Text.Json;
using LlmOps.Protocol;
using LlmOps.State;

namespace LlmOps.Tunnels.Detached;

/// <summary>The detached tunnels of this user: one file each, written by the process that carries it and removed when it ends.</summary>
/// <param name="home">Where they are kept.</param>
public sealed class DetachedTunnelStore(LlmOpsHome home)
{
    private string Folder => Path.Join(home.Folder, "tunnels");

    /// <summary>All that live. The file of one whose process has died is removed.</summary>
    public IReadOnlyList<LlmTunnel> List() => Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*.json").Select(Read).OfType<LlmTunnel>()] : [];

    /// <summary>The detached tunnel of that name, or null.</summary>
    /// <param name="name">The name.</param>
    public LlmTunnel? Find(string name) => Read(PathOf(name));

    /// <summary>Why the tunnel of that name could not be opened by its process, or null while it has not said so. Reading it removes it.</summary>
    /// <param name="name">The name.</param>
    public LlmOpsException? TakeFailure(string name)
    {
        if (Read(FailureOf(name), DetachedTunnelJson.Default.AgentFault) is not { } fault) return null;
        File.Delete(FailureOf(name));
        return fault.ToException();
    }

    /// <summary>Leaves word why a tunnel could not be opened.</summary>
    /// <param name="name">The name.</param>
    /// <param name="failure">Why.</param>
    public void WriteFailure(string name, Exception failure) =>
        AtomicFile.Write(FailureOf(name), JsonSerializer.SerializeToUtf8Bytes(AgentFault.From(failure), DetachedTunnelJson.Default.AgentFault));

    internal void Write(DetachedTunnelRecord record) => AtomicFile.Write(PathOf(record.Name), JsonSerializer.SerializeToUtf8Bytes(record, DetachedTunnelJson.Default.DetachedTunnelRecord));

    internal void Remove(string name) => File.Delete(PathOf(name));

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private LlmTunnel? Read(string path)
    {
        if (Read(path, DetachedTunnelJson.Default.DetachedTunnelRecord) is not { } record) return null;
        var tunnel = new LlmTunnel(new DetachedTunnel(record));
        if (record.ProcessId == Environment.ProcessId || tunnel.State != TunnelState.Closed) return tunnel;
        File.Delete(path);
        return null;
    }

    private string PathOf(string name) => Path.Join(Folder, Path.GetFileName(name) + ".json");

    private string FailureOf(string name) => Path.Join(Folder, Path.GetFileName(name) + ".failure");
}
