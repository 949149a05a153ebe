using System.Diagnostics;
using System.Management.Automation;
using LlmOps.Chat;
using LlmOps.Engines;
using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.Rigs;
using LlmOps.Tunnels;
using Xunit.Abstractions;

namespace LlmOps.Tests.Scenarios;

/// <summary>The main job on another machine over its own sshd, while the way there breaks again and again: it completes, and nothing runs twice.</summary>
public sealed class SecondMachineTests(ITestOutputHelper output) : IDisposable
{
    private const string Model = "Qwen/Qwen2.5-72B-Instruct-AWQ";
    private const int CountTo = 3000;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [LinuxFact]
    public async Task The_pipeline_completes_although_the_connection_is_killed_in_each_of_its_steps()
    {
        using var machine = new SecondMachine(speed: 40, hubRate: 5e6);
        using var watch = new ProcessWatch();
        Attach(machine);

        // The download.
        var began = Stopwatch.StartNew();
        var before = machine.LoopbackBytes;
        var download = _session.Disturb($"$model = Get-HfModel {Model} -Rig second -Verbose; $model", IsAt("Getting", 10), run =>
        {
            foreach (var percent in new[] { 10, 25, 40, 55, 70, 85 })
            {
                Until(() => IsAt("Getting", percent)(run) || IsOver("Getting")(run), $"the download is at {percent} %");
                Kill(machine, "the download");
            }
        });
        var model = download.NoErrors().Single<HfModel>();
        Assert.Contains(download.Verbose, line => line.Contains("connection to rig 'second' was lost", StringComparison.Ordinal));
        Assert.Matches("^[0-9a-f]{40}$", model.Commit);
        Assert.EndsWith(model.Commit, model.Path, StringComparison.Ordinal);
        Assert.Equal(model.Size, Directory.EnumerateFiles(model.Path).Sum(file => new FileInfo(File.ResolveLinkTarget(file, true)?.FullName ?? file).Length));
        Assert.Equal(model.Size, model.Downloaded); // by one job, from the first byte to the last
        Assert.Equal(1, watch.Count(machine.Folder.Path, " job download "));
        var sent = machine.LoopbackBytes - before;
        if (sent is { } bytes) Assert.InRange(bytes, model.Size, (long)(model.Size * 1.05)); // with all headers, and nothing twice
        output.WriteLine($"download: {model.Size:N0} bytes, fetched {model.Downloaded:N0}, on the rig's loopback {sent:N0}; {began.Elapsed.TotalSeconds:0.0} s; jobs: 1");

        // The server's start.
        began.Restart();
        var start = _session.Disturb("$server = $model | Start-VllmServer -MaxModelLen 32k -Verbose; $server", IsAt("Starting", 40), _ => Kill(machine, "the start"));
        var server = start.NoErrors().Single<LlmServer>();
        Assert.Contains(start.Verbose, line => line.Contains("connection to rig 'second' was lost", StringComparison.Ordinal));
        Assert.Equal((LlmServerState.Ready, 2, 32000), (server.State, server.TensorParallelSize, server.MaxModelLen));
        Assert.Equal(1, watch.Count(machine.Folder.Path, " supervise "));
        Assert.Equal(1, watch.Count(machine.Folder.Path, "/vllm serve "));
        Assert.Equal(1, watch.Count(machine.Folder.Path, " job install "));
        var logs = Directory.GetFiles(Path.Join(machine.Folder.LlmOpsRoot, "servers"), "log", SearchOption.AllDirectories);
        Assert.Single(File.ReadLines(Assert.Single(logs)), line => line.Contains("  version ", StringComparison.Ordinal));
        output.WriteLine($"start: ready after {began.Elapsed.TotalSeconds:0.0} s; supervisors: 1; engines: 1; banners: 1");

        // The chat.
        began.Restart();
        var tunnel = _session.Invoke("$tunnel = $server | New-LlmTunnel; $tunnel").NoErrors().Single<LlmTunnel>();
        var chat = _session.Disturb($"$tunnel | Invoke-LlmChat 'Please count from 1 to {CountTo}.' -Stream -Verbose", run => Shown(run).Length > 400, _ => Kill(machine, "the chat"));
        var reply = chat.NoErrors().Single<ChatReply>();
        var whole = string.Join(", ", Enumerable.Range(1, CountTo));
        Assert.Equal(whole, reply.Text);
        Assert.Equal(whole, Shown(chat).Trim());
        Assert.Equal("stop", reply.FinishReason);
        Assert.True(reply.Attempts > 1, "The chat was not cut.");
        Assert.Equal(1, tunnel.Reconnects);
        Assert.Empty(chat.Warnings);
        output.WriteLine($"chat: {reply.Text.Length:N0} characters, shown {Shown(chat).Trim().Length:N0}, {reply.Attempts} attempts; {began.Elapsed.TotalSeconds:0.0} s; reconnects: {tunnel.Reconnects}");

        // The end.
        _session.Invoke("$tunnel | Remove-LlmTunnel; $server | Stop-LlmServer").NoErrors();
        var memory = _session.Invoke("Get-GpuMemory second").NoErrors().All<GpuMemory>();
        Assert.Equal(2, memory.Count);
        Assert.All(memory, gpu => Assert.Empty(gpu.Processes));
        Assert.All(memory, gpu => Assert.True(gpu.Used < 1L << 20, $"GPU {gpu.Index} holds {gpu.Used} bytes."));
        _session.Invoke("Remove-GpuRig second").NoErrors();
        await Eventually.TrueAsync(() => machine.Work.Count == 0, "nothing runs on the second machine any more");
        output.WriteLine($"end: GPU memory used {string.Join(" and ", memory.Select(gpu => gpu.Used))} bytes; processes left: {machine.Work.Count}");
    }

    [LinuxFact]
    public async Task A_network_that_falls_silent_while_a_server_starts_is_noticed_and_waited_out()
    {
        if (!SecondMachine.CanMakeNamespaces)
        {
            output.WriteLine("Without a network namespace there is no link to cut.");
            return;
        }

        using var machine = new SecondMachine(speed: 20, hubRate: 1e9);
        Attach(machine);
        _session.Invoke($"$server = Get-HfModel {Model} -Rig second | Start-VllmServer -NoWait").NoErrors();
        var silence = Stopwatch.StartNew();
        TimeSpan noticed = default, down = default;

        var wait = _session.Disturb("$server | Wait-LlmServer -Verbose", run => run.Progress.Count > 1, run =>
        {
            silence.Restart();
            machine.SetLink(up: false);
            Until(() => run.Verbose.Any(line => line.Contains("was lost", StringComparison.Ordinal)), "the silence is noticed");
            noticed = silence.Elapsed;
            Until(() => silence.Elapsed > TimeSpan.FromSeconds(17), "the link was down for longer than the peer may be silent");
            down = silence.Elapsed;
            machine.SetLink(up: true);
        });

        Assert.Equal(LlmServerState.Ready, wait.NoErrors().Single<LlmServer>().State);
        output.WriteLine($"silence: noticed after {noticed.TotalSeconds:0.0} s; link down for {down.TotalSeconds:0.0} s; ready {(silence.Elapsed - down).TotalSeconds:0.0} s after it was back");
        _session.Invoke("$server | Stop-LlmServer -Force; Remove-GpuRig second").NoErrors();
        await Eventually.TrueAsync(() => machine.Work.Count == 0, "nothing runs on the second machine any more");
    }

    private static Func<SessionResult, bool> IsAt(string activity, int percent) =>
        run => run.Progress.Any(record => record.Activity.StartsWith(activity, StringComparison.Ordinal) && record.PercentComplete >= percent);

    private static Func<SessionResult, bool> IsOver(string activity) =>
        run => run.Progress.Any(record => record.Activity.StartsWith(activity, StringComparison.Ordinal) && record.RecordType == ProgressRecordType.Completed);

    private static string Shown(SessionResult run) => string.Concat(run.Information.Select(record => record.MessageData).OfType<HostInformationMessage>().Select(message => message.Message));

    private static void Until(Func<bool> condition, string what) => Eventually.TrueAsync(condition, what).GetAwaiter().GetResult();

    private void Attach(SecondMachine machine)
    {
        output.WriteLine($"The second machine is {machine.Kind}.");
        _session.SetEnvironment("HF_TOKEN", null);
        var rig = _session.Invoke($"New-GpuRig {machine.Login} -Name second").NoErrors().Single<GpuRig>();
        Assert.Equal((RigKind.Ssh, "NVIDIA A40", 2), (rig.Kind, rig.Gpu, rig.GpuCount));
    }

    private void Kill(SecondMachine machine, string during) => output.WriteLine($"killed {machine.KillSessions()} SSH sessions during {during}");
}
