using LlmOps.Renting;
using LlmOps.State;
using Xunit.Abstractions;

namespace LlmOps.Core.Tests.Renting;

/// <summary>
/// A thousand runs of create, wait, use and remove, each with faults of its own: processes killed at any step, Ctrl+C, answers lost, lists that lag, ends that
/// are refused or forgotten, clocks set wrong, two workstations and two processes at once. Afterwards one sweep leaves the account empty.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Runs = 1000;
    private const int Never = int.MaxValue;

    private static readonly TimeSpan Use = TimeSpan.FromMinutes(30);

    [Fact]
    public void After_any_run_a_sweep_leaves_the_account_empty_and_no_request_made_two_machines()
    {
        using var folder = new TemporaryFolder();
        var key = folder["id"];
        File.WriteAllText(key, "");
        File.WriteAllText(key + ".pub", "ssh-ed25519 AAAA test\n");
        var root = Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/{Path.GetFileName(folder.Path)}").FullName : folder.Path;
        var sums = new Sums();
        try
        {
            for (var seed = 1; seed <= Runs; seed++) OneRun(seed, Path.Join(root, $"{seed}"), key, sums);
        }
        finally
        {
            if (root != folder.Path) Directory.Delete(root, recursive: true);
        }

        output.WriteLine($"{Runs} runs, {sums.Killed} killed processes, {sums.Stopped} times Ctrl+C, {sums.Machines} machines, {sums.Billed:0.0} h billed, {sums.Excess:0.0} h ({100 * sums.Excess / sums.Billed:0.0} %) beyond the ideal, at most {sums.Worst:0.00} h in a run");
        Assert.True(sums.Killed > 200 && sums.Stopped > 100 && sums.Machines > 800, "The runs are not wild enough to show anything.");
    }

    private static void OneRun(int seed, string folder, string key, Sums sums)
    {
        var random = new Random(seed);
        var time = new VirtualTime();
        var cloud = new ChaosCloud(time, random);
        var faults = random.Next(4) switch { 0 => 0, 1 => 0.02, 2 => 0.1, _ => 0.25 };
        var lives = new List<Mortality>();
        var homes = new[] { new LlmOpsHome(Path.Join(folder, "a")), new LlmOpsHome(Path.Join(folder, "b")) };
        var workers = random.Next(3) == 0 ? 2 : 1;
        var work = new List<Func<Task>>();
        for (var worker = 0; worker < workers; worker++)
        {
            var (home, request) = (homes[worker], worker + 1);
            work.Add(() => WorkAsync(home, request));
        }

        if (random.Next(3) == 0) work.Add(BystanderAsync);
        if (random.Next(4) == 0) work.Add(ClockAsync);
        time.Run([.. work]);
        foreach (var home in homes.Take(workers)) time.Run(() => Process(home, Never, 0).SweepAsync());

        Assert.True(cloud.Living.Count == 0, $"Seed {seed}: {string.Join(", ", cloud.Living.Select(machine => machine.Name))} lives on.");
        foreach (var made in cloud.All.GroupBy(machine => machine.Request)) Assert.True(made.Count() == 1, $"Seed {seed}: request {made.Key} made {made.Count()} machines.");
        sums.Add(cloud, lives);

        async Task WorkAsync(LlmOpsHome home, int request)
        {
            using var stop = new CancellationTokenSource();
            if (random.Next(4) == 0) _ = StopAsync(stop);
            var life = Life(random.Next(2) == 0 ? random.Next(1, 60) : Never);
            await UntilDeathAsync(life, () => new ChaosProcess(cloud, time, random, life, home, request, faults, MayLive).UseAsync(key, Use, stop.Token)).ConfigureAwait(false);
            while (life.IsDead && random.Next(2) == 0)
            {
                // Somebody comes back, looks what is left, and is perhaps killed again.
                await Task.Delay(TimeSpan.FromMinutes(random.Next(1, 20)), time).ConfigureAwait(false);
                life = Life(random.Next(1, 25));
                await UntilDeathAsync(life, () => new ChaosProcess(cloud, time, random, life, home, 0, faults, MayLive).SweepAsync()).ConfigureAwait(false);
            }

            life.Die(); // the session is over
        }

        async Task BystanderAsync()
        {
            // Another process of the first workstation, and one of another, look and sweep while the work goes on: they may touch nothing that is in hands.
            for (var round = 0; round < 3; round++)
            {
                await Task.Delay(TimeSpan.FromMinutes(random.Next(1, 12)), time).ConfigureAwait(false);
                foreach (var home in homes) await Process(home, Never, faults).SweepAsync().ConfigureAwait(false);
            }
        }

        async Task ClockAsync()
        {
            await Task.Delay(TimeSpan.FromMinutes(random.Next(0, 30)), time).ConfigureAwait(false);
            time.Skew = TimeSpan.FromHours(random.Next(-30, 5));
        }

        async Task StopAsync(CancellationTokenSource stop)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.Next(0, 1500)), time).ConfigureAwait(false);
            sums.Stopped++;
            stop.Cancel(); // on this thread, as all else
        }

        Mortality Life(int diesAt)
        {
            var life = new Mortality(lives.Count + 1, diesAt);
            lives.Add(life);
            return life;
        }

        ChaosProcess Process(LlmOpsHome home, int diesAt, double rate) => new(cloud, time, random, Life(diesAt), home, 0, rate, MayLive);

        bool MayLive(JournalProcess process) => !lives[process.Id - 1].IsDead;
    }

    private static async Task UntilDeathAsync(Mortality life, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (KilledException)
        {
            life.Die();
        }
    }

    private sealed class Sums
    {
        public int Killed { get; private set; }

        public int Stopped { get; set; }

        public int Machines { get; private set; }

        public double Billed { get; private set; }

        public double Excess { get; private set; }

        public double Worst { get; private set; }

        public void Add(ChaosCloud cloud, List<Mortality> lives)
        {
            Killed += lives.Count(life => life.WasKilled);
            foreach (var machine in cloud.All)
            {
                var billed = (machine.GoneAt!.Value - machine.MadeAt).TotalHours;
                var ideal = machine.BootsAt == TimeSpan.MaxValue ? 0 : (machine.BootsAt - machine.MadeAt + Use).TotalHours;
                Machines++;
                Billed += billed;
                Excess += Math.Max(0, billed - ideal);
                Worst = Math.Max(Worst, billed - ideal);
            }
        }
    }
}
