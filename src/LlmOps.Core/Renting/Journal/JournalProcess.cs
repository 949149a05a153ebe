using System.ComponentModel;
using System.Diagnostics;
using LlmOps.Processes;

namespace LlmOps.Renting;

/// <summary>A process that works on a rental, told from a later one of the same id by when it began.</summary>
/// <param name="Host">The name of the workstation.</param>
/// <param name="Id">The process id.</param>
/// <param name="Began">When it began.</param>
public sealed record JournalProcess(string Host, int Id, DateTimeOffset Began)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2); // some systems round the start of a process

    /// <summary>This process.</summary>
    public static JournalProcess Current { get; } = OfThis();

    /// <summary>True while the process may live. One of another workstation that shares the folder is taken to live.</summary>
    public bool MayLive()
    {
        if (Host != Environment.MachineName) return true;
        try
        {
            using var process = Process.GetProcessById(Id);
            return !ProcessTable.HasEnded(process) && (process.StartTime.ToUniversalTime() - Began.UtcDateTime).Duration() < Tolerance;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            return true; // it lives, and may not be looked at
        }
    }

    private static JournalProcess OfThis()
    {
        using var self = Process.GetCurrentProcess();
        return new JournalProcess(Environment.MachineName, self.Id, self.StartTime.ToUniversalTime());
    }
}
