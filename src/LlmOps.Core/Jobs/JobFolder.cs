using System.Text.Json;
using LlmOps.State;

namespace LlmOps.Jobs;

/// <summary>The folder of one detached job: <c>spec</c>, <c>state.json</c>, <c>lock</c> (held while it runs) and <c>log</c>.</summary>
internal sealed class JobFolder(string path)
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    public string Spec => System.IO.Path.Join(path, "spec");

    public string Log => System.IO.Path.Join(path, "log");

    /// <summary>The ticket that the latest run was started with, or null.</summary>
    public string? Ticket
    {
        get => File.Exists(TicketPath) ? File.ReadAllText(TicketPath) : null;
        set => AtomicFile.Write(TicketPath, System.Text.Encoding.UTF8.GetBytes(value ?? ""));
    }

    private string TicketPath => System.IO.Path.Join(path, "ticket");

    private string State => System.IO.Path.Join(path, "state.json");

    /// <summary>Takes the lock that a running job holds; null while another process has it.</summary>
    public FileStream? TryLock(string name)
    {
        Directory.CreateDirectory(path);
        try
        {
            return new FileStream(System.IO.Path.Join(path, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public bool IsRunning()
    {
        if (!Directory.Exists(path)) return false;
        using var free = TryLock("lock");
        return free is null;
    }

    public JobState? ReadState()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(State), JobJson.Default.JobState);
        }
        catch (Exception absent) when (absent is IOException or JsonException)
        {
            return null;
        }
    }

    public void WriteState(JobState state) => AtomicFile.Write(State, JsonSerializer.SerializeToUtf8Bytes(state, JobJson.Default.JobState), OwnerOnly);

    public void ClearState() => File.Delete(State);
}
