using System.Diagnostics;
using System.Globalization;
using LlmOps.Rigs.Simulation;
using LlmOps.Simulator.Gpus;

namespace LlmOps.Simulator.Vllm;

/// <summary>A process that the server started: the engine's core, or the worker of one GPU.</summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private long _bytes;

    private Worker(Process process, string tag)
    {
        _process = process;
        Tag = tag;
    }

    /// <summary>How the log names it.</summary>
    public string Tag { get; }

    public int Id => _process.Id;

    public Task Ended => _process.WaitForExitAsync();

    public int ExitCode => _process.ExitCode > 128 ? 128 - _process.ExitCode : _process.ExitCode;

    public static Worker Start(string name, int gpu)
    {
        // System.Diagnostics.Process leaves the child in the server's own process group, where vLLM's workers are too.
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in new[] { "worker", Text(Environment.ProcessId), $"VLLM::{name}", Text(gpu) }) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        return new Worker(process, VllmLog.Tag(name, process.Id));
    }

    /// <summary>Lets it hold so much memory.</summary>
    public void Hold(long bytes) => Tell(_bytes = bytes, 0);

    /// <summary>Lets it look busy or idle.</summary>
    public void Work(int utilization) => Tell(_bytes, utilization);

    /// <summary>Waits until nvidia-smi shows what it was told to hold.</summary>
    public async Task SettleAsync(SimulatedRigFolder folder, CancellationToken cancel)
    {
        while (!_process.HasExited && !GpuHolding.All(folder).Any(held => held.Pid == Id && held.Bytes == _bytes)) await Task.Delay(Poll, cancel).ConfigureAwait(false);
    }

    /// <summary>Asks it to let go and end.</summary>
    public void Terminate() => Write(WorkerProcess.EndWord);

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
    }

    public void Dispose() => _process.Dispose();

    private void Tell(long bytes, int utilization) => Write(string.Create(CultureInfo.InvariantCulture, $"{bytes} {utilization}"));

    private void Write(string line)
    {
        try
        {
            lock (_gate)
            {
                _process.StandardInput.Write(line + "\n");
                _process.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            // it died; who waits for its end will say so
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
