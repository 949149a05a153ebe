using System.Globalization;
using System.Runtime.InteropServices;
using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>
/// A process of vLLM that holds memory of one GPU. It does what its standard input says (bytes and utilization, a line each), and stays
/// when the server that started it is killed, as the real one may.
/// </summary>
internal static class WorkerProcess
{
    /// <summary>The line that tells it to end.</summary>
    public const string EndWord = "end";

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string owner, string title, string gpu)
    {
        _ = owner; // in the argument list, for whoever looks at the process list
        var machine = SimulatedMachine.OfThisProcess();
        var index = int.Parse(gpu, CultureInfo.InvariantCulture);
        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); });
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        _ = Task.Run(() => Obey(machine, title, index, stop), CancellationToken.None);
        try
        {
            while (machine.Folder.Exists) await Task.Delay(Watch, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }

        if (index >= 0 && machine.Folder.Exists) GpuHolding.OfThisProcess(title, index, 0, 0).Remove(machine.Folder);
        return 0;
    }

    private static void Obey(SimulatedMachine machine, string title, int index, CancellationTokenSource stop)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is { } line)
            if (line == EndWord) stop.Cancel();
            else if (line.Split(' ') is [var bytes, var utilization] && index >= 0)
                GpuHolding.OfThisProcess(title, index, long.Parse(bytes, CultureInfo.InvariantCulture), int.Parse(utilization, CultureInfo.InvariantCulture)).Write(machine.Folder);
    }
}
