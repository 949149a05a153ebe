using LlmOps.Benchmarks.FanOut;
using LlmOps.Testing;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Streams through a tunnel whose SSH sessions are killed again and again.</summary>
internal sealed class SoakRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmops-bench-");
    private readonly SshdFarm _farm;

    public SoakRun()
    {
        _ = ModuleUnderTest.Manifest(); // before anything is started
        _farm = new SshdFarm(_folder.FullName, 1, Path.Join(_folder.FullName, "tools"));
    }

    /// <summary>Runs; true if every stream ended whole or in an error.</summary>
    public async Task<bool> RunAsync(int streams, TimeSpan duration, TimeSpan interval)
    {
        await using var server = new SocketServer(TunnelSoak.ServeAsync);
        using var ours = new ModuleWay(_folder.FullName, _farm, server.Port);
        var soak = new TunnelSoak(TimeSpan.FromSeconds(60));
        var running = soak.RunAsync(ours.Port, streams, duration);
        var cuts = 0;
        while (await Task.WhenAny(running, Task.Delay(interval)) != running)
        {
            foreach (var session in SshdFarm.ProcessesOf(_farm.Rigs[0]).Skip(1)) Signals.Send(session, Signals.Kill);
            Console.Error.WriteLine($"  cut {++cuts}: {soak}; {ProcessFigures.Threads(ours.Process!.Value)} threads, {ProcessFigures.Resident(ours.Process!.Value) / 1_000_000} MB");
        }

        await running;
        Console.WriteLine($"{duration.TotalMinutes:0.#} min, {streams} streams at once, {cuts} cuts. {soak}");
        return soak is { Early: 0, Wrong: 0, Hung: 0, Complete: > 0 };
    }

    public void Dispose()
    {
        _farm.Dispose();
        _folder.Delete(recursive: true);
    }
}
