using System.Diagnostics;
using LlmOps.Infrastructure;

namespace LlmOps.Tunnels;

/// <summary>Starts the process of a detached tunnel and waits until the tunnel is open; if it doesn't open, nothing is left.</summary>
/// <param name="name">The tunnel's name.</param>
/// <param name="progress">The bar.</param>
internal sealed class DetachedStart(string name, ProgressLine progress)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts it.</summary>
    /// <param name="script">What it runs.</param>
    /// <param name="cancel">Ends the process too.</param>
    /// <exception cref="LlmOpsException">Why the tunnel could not be opened.</exception>
    public async Task<LlmTunnel> RunAsync(string script, CancellationToken cancel)
    {
        var store = Services.DetachedTunnels;
        store.TakeFailure(name); // of an earlier try
        var id = DetachedShell.Start(script);
        try
        {
            var since = Services.Time.GetTimestamp();
            while (Services.Time.GetElapsedTime(since) < Limit)
            {
                if (store.Find(name) is { } tunnel && tunnel.ProcessId == id) return tunnel;
                var hasExited = !IsAlive(id);
                if (store.TakeFailure(name) is { } failure) throw failure;
                if (hasExited) throw TunnelErrors.DetachFailed(name, "It has ended without a word.");
                progress.Report($"Process {id} is opening it");
                await Task.Delay(Look, Services.Time, cancel);
            }

            throw TunnelErrors.DetachFailed(name, $"It said nothing within {Limit.TotalSeconds:0} s.");
        }
        catch
        {
            End(id);
            throw;
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
        }
    }
}
