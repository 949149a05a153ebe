using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>The folder of the guard on a machine: <c>spec.json</c>, <c>key</c> (0600), <c>state.json</c>, <c>lock</c> (held while it runs), <c>used</c> (the marks of commands) and <c>log</c>.</summary>
/// <param name="path">The folder.</param>
internal sealed class GuardFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    public string Log => Of("log");

    /// <summary>The file in which commands mark that they use the machine.</summary>
    public string Used => Of("used");

    /// <summary>True while there is a specification, even one that can't be read.</summary>
    public bool IsArmed => File.Exists(Of("spec.json"));

    public GuardSpec? ReadSpec() => Read("spec.json", GuardJson.Default.GuardSpec);

    public void WriteSpec(GuardSpec spec) => AtomicFile.Write(Of("spec.json"), JsonSerializer.SerializeToUtf8Bytes(spec, GuardJson.Default.GuardSpec), OwnerOnly);

    public GuardState? ReadState() => Read("state.json", GuardJson.Default.GuardState);

    public void WriteState(GuardState state)
    {
        // Once the machine is gone, a simulated one's folder is too, and must not come back.
        if (Directory.Exists(path)) AtomicFile.Write(Of("state.json"), JsonSerializer.SerializeToUtf8Bytes(state, GuardJson.Default.GuardState), OwnerOnly, durable: false);
    }

    public void ClearState() => File.Delete(Of("state.json")); // the folder is there: whoever arms has made it

    /// <summary>Deletes the specification first: without it a running guard ends.</summary>
    public void Clear()
    {
        foreach (var file in new[] { "spec.json", "key", "state.json" })
            if (File.Exists(Of(file))) File.Delete(Of(file));
    }

    public SecureString? ReadKey() => File.Exists(Of("key")) ? SecureText.Hide(File.ReadAllText(Of("key"))) : null;

    public void WriteKey(string? key)
    {
        if (key is null) File.Delete(Of("key"));
        else AtomicFile.Write(Of("key"), Encoding.ASCII.GetBytes(key), OwnerOnly);
    }

    /// <summary>Takes the lock that a running guard holds; null while another process has it.</summary>
    public FileStream? TryLock()
    {
        Directory.CreateDirectory(path);
        try
        {
            return new FileStream(Of("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public bool IsRunning()
    {
        using var free = TryLock();
        return free is null;
    }

    private string Of(string file) => System.IO.Path.Join(path, file);

    private T? Read<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Of(file)), type);
        }
        catch (Exception absent) when (absent is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
