using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LlmOps.Rigs.Simulation;
using LlmOps.Simulator.Http;
using LlmOps.Simulator.Hub;
using LlmOps.Simulator.Machine;
using LlmOps.State;

namespace LlmOps.Simulator.Commands;

/// <summary><c>llmops-simulator hub FOLDER</c>: the rig's model hub, and what else happens to the rig while it is on.</summary>
internal static class HubCommand
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string path)
    {
        var machine = new SimulatedMachine(new SimulatedRigFolder(path));
        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); });
        using var content = new HubContentHost(machine);
        using var hub = Listen(machine.State.HubPort, new HubServer(machine, content).HandleAsync);
        AtomicFile.Write(machine.Folder.HubAddress, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{hub.Port}")));
        await Task.WhenAll(hub.ServeAsync(stop.Token), content.ServeAsync(stop.Token), EndWithRigAsync(machine, stop), IgnoreEndAsync(SshDropper.RunAsync(machine, stop.Token))).ConfigureAwait(false);
        return 0;
    }

    private static HttpServer Listen(int port, Func<HttpExchange, CancellationToken, Task> handle)
    {
        try
        {
            return new HttpServer(IPAddress.Loopback, port, handle);
        }
        catch (SocketException)
        {
            return new HttpServer(IPAddress.Loopback, 0, handle);
        }
    }

    private static async Task EndWithRigAsync(SimulatedMachine machine, CancellationTokenSource stop)
    {
        while (machine.Folder.Exists && !stop.IsCancellationRequested) await Task.Delay(Watch, CancellationToken.None).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private static async Task IgnoreEndAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
