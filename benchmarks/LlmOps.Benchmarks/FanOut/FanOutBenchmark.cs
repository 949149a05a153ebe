namespace LlmOps.Benchmarks.FanOut;

/// <summary>Reads the GPUs of many rigs at once, over real SSH connections: <c>Get-GpuMemory</c> against as many parallel <c>ssh … nvidia-smi</c>.</summary>
internal sealed class FanOutBenchmark : IDisposable
{
    private readonly int _rounds;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmops-bench-");
    private readonly string _fake;
    private readonly SshdFarm _farm;
    private readonly SshClients _ssh;
    private readonly RigSession _module;
    private readonly int _threadsBefore;

    /// <summary>Starts the rigs, opens the ControlMasters, imports the module and puts the agent on each rig.</summary>
    public FanOutBenchmark(int rigs, int rounds)
    {
        _ = ModuleUnderTest.Manifest(); // before anything is started
        _rounds = rounds;
        var tools = Path.Join(_folder.FullName, "tools");
        _fake = FakeNvidiaSmi.Make(tools);
        Console.WriteLine($"{rigs} sshds on loopback, {Environment.ProcessorCount} processors; nvidia-smi is {_fake}; medians of {rounds} interleaved rounds (fastest–slowest)");
        _farm = new SshdFarm(_folder.FullName, rigs, tools);
        _ssh = new SshClients(_farm, _folder.FullName);
        _ssh.OpenMasters();
        _threadsBefore = ThreadCount.Now;
        _module = new RigSession(_farm, Path.Join(_folder.FullName, "home"));
    }

    public void Run()
    {
        var gpus = _farm.Rigs.Count * FakeNvidiaSmi.Gpus;
        Series first = new("Get-GpuMemory, first in the process"), warm = new("Get-GpuMemory, connections open"), fresh = new("Get-GpuMemory, connecting included");
        Series openBoth = new("ssh over ControlMasters, both queries"), openOne = new("ssh over ControlMasters, one query");
        Series freshBoth = new("ssh, connecting, both queries"), freshOne = new("ssh, connecting, one query");
        first.Time(() => _module.ReadAll(gpus));
        Ask("open", "both");
        Ask("fresh", "both");
        using var threads = new ThreadCount();
        int warmThreads = 0, freshThreads = 0;
        for (var round = 0; round < _rounds; round++)
        {
            RigSession.CloseConnections();
            threads.TakeMost();
            fresh.Time(() => _module.ReadAll(gpus));
            freshThreads = Math.Max(freshThreads, threads.TakeMost());
            freshBoth.Time(() => Ask("fresh", "both"));
            freshOne.Time(() => Ask("fresh", "one"));
            threads.TakeMost();
            warm.Time(() => _module.ReadAll(gpus));
            warmThreads = Math.Max(warmThreads, threads.TakeMost());
            openBoth.Time(() => Ask("open", "both"));
            openOne.Time(() => Ask("open", "one"));
        }

        foreach (var series in new[] { warm, openBoth, openOne, fresh, freshBoth, freshOne, first }) Console.WriteLine(series);
        Compare("connections open", 2, warm, openBoth, openOne);
        Compare("connecting included", 3, fresh, freshBoth, freshOne);
        Console.WriteLine($"threads: {warmThreads} with connections open, {freshThreads} while connecting, {_threadsBefore} before the module was imported; aim: at most {_farm.Rigs.Count + 30}");
        ReadWithDeadRigs();
    }

    public void Dispose()
    {
        RigSession.CloseConnections();
        _module.Dispose();
        _ssh.Dispose();
        _farm.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Ends the servers of a run that is stopped in its middle; they would outlive it.</summary>
    public void Abandon() => _farm.Dispose();

    private static void Compare(string what, double aim, Series ours, Series both, Series one) =>
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: {ours.FasterThan(both):0.00} times as fast as ssh with both queries, {ours.FasterThan(one):0.00} times with one; aim: {aim:0.0}"));

    private void Ask(string connections, string queries)
    {
        _ssh.Ask(connections, queries);
        _ssh.Check(queries);
    }

    private void ReadWithDeadRigs()
    {
        var round = new DeadRigRound(_module);
        var others = _farm.Rigs.Skip(1).Select(rig => rig.Name).ToList();

        // The rig hangs as a whole: its listener, its sessions and the agent in them.
        var stopped = SshdFarm.ProcessesOf(_farm.Rigs[0]);
        foreach (var process in stopped) Signals.Send(process, Signals.Stop);
        round.Run("one rig is stopped, its connection open", _farm.Rigs[0].Name, others);
        foreach (var process in stopped) Signals.Send(process, Signals.Continue);
        using var silent = new SilentServer();
        _module.Copy(_farm.Rigs[0], "silent", silent.Port);
        round.Run("one rig never answers, connections open", "silent", others);
        RigSession.CloseConnections();
        round.Run("one rig never answers, connecting included", "silent", others);
    }
}
