using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>
/// The folder of one server: <c>spec.json</c>, <c>env</c> (0600), <c>log</c>, <c>pid</c>, <c>state.json</c>, <c>stop</c> (the wish that it
/// ends) and <c>lock</c> (held by its supervisor). A folder without <c>spec.json</c> is not a server.
/// </summary>
internal sealed class ServerFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    public string Name => System.IO.Path.GetFileName(path);

    public string Log => Of("log");

    public ServerSpec? ReadSpec() => Read("spec.json", ServerFolderJson.Default.ServerSpec);

    public void WriteSpec(ServerSpec spec) => Write("spec.json", spec, ServerFolderJson.Default.ServerSpec);

    public ServerRecord? ReadRecord() => Read("state.json", ServerFolderJson.Default.ServerRecord);

    public void WriteRecord(ServerRecord record) => Write("state.json", record, ServerFolderJson.Default.ServerRecord);

    public Dictionary<string, string> ReadEnvironment() => Read("env", ServerFolderJson.Default.DictionaryStringString) ?? [];

    public void WriteEnvironment(Dictionary<string, string> variables) => Write("env", variables, ServerFolderJson.Default.DictionaryStringString);

    public ServerStop? ReadStop() => Read("stop", ServerFolderJson.Default.ServerStop);

    public void WriteStop(ServerStop stop) => Write("stop", stop, ServerFolderJson.Default.ServerStop);

    public void WritePid(int pid) => AtomicFile.Write(Of("pid"), Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture) + "\n"));

    /// <summary>Takes the lock that the supervisor holds; null while another process has it.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(Of("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public bool IsSupervised()
    {
        using var free = TryLock();
        return free is null;
    }

    /// <summary>Makes room for a new server. The specification goes first, so that nobody takes half a folder for a server.</summary>
    public void Clear()
    {
        foreach (var file in new[] { "spec.json", "stop", "pid", "env", "log", "log.1", "state.json" }) File.Delete(Of(file));
    }

    /// <summary>Makes room for another run of the same server; its log so far becomes <c>log.1</c>.</summary>
    public void ClearRun()
    {
        if (File.Exists(Log)) File.Move(Log, Of("log.1"), overwrite: true);
        foreach (var file in new[] { "stop", "pid", "state.json" }) File.Delete(Of(file));
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

    private void Write<T>(string file, T value, JsonTypeInfo<T> type) =>
        AtomicFile.Write(Of(file), JsonSerializer.SerializeToUtf8Bytes(value, type), OwnerOnly);
}
