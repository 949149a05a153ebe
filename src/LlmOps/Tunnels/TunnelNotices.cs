using System.Collections.Concurrent;
using System.Management.Automation;

namespace LlmOps.Tunnels;

/// <summary>
/// Tells the user of tunnels that were lost and came back: at once as the engine event <c>LlmOps.TunnelStateChanged</c>, for scripts that
/// registered for it, and as a warning of the next cmdlet, since nothing may write to a prompt that is idle.
/// </summary>
internal sealed class TunnelNotices
{
    /// <summary>The source identifier for Register-EngineEvent.</summary>
    public const string SourceIdentifier = "LlmOps.TunnelStateChanged";

    private const int Kept = 20;

    private readonly ConcurrentQueue<string> _warnings = new();

    /// <summary>Tells of a tunnel's changes from now on.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="events">The events of the session that opened it.</param>
    public void Watch(LlmTunnel tunnel, PSEventManager events) => tunnel.Changed += (sender, change) =>
    {
        if (change.State != TunnelState.Closed)
        {
            _warnings.Enqueue($"Tunnel '{tunnel.Name}' at {change.At.ToLocalTime():HH:mm:ss}: {change.Message}");
            while (_warnings.Count > Kept) _warnings.TryDequeue(out _);
        }

        // Without a subscriber PowerShell would keep the event for Get-Event, and with it the tunnel, for as long as the session lives.
        if (events.GetEventSubscribers(SourceIdentifier).Any()) events.GenerateEvent(SourceIdentifier, tunnel, [change], null, processInCurrentThread: false, waitForCompletionInCurrentThread: false);
    };

    /// <summary>The warnings that are due, each once.</summary>
    public IEnumerable<string> Take()
    {
        while (_warnings.TryDequeue(out var warning)) yield return warning;
    }
}
