using System.Diagnostics;
using System.Globalization;
using LlmOps.Preflight.Collective;
using LlmOps.Testing;

namespace LlmOps.Tests.Preflight;

/// <summary>The all-reduce with processes that stand for torch on a GPU: what they say and how they end is all that the run can see.</summary>
public sealed class CollectiveRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_hang_ends_in_time_and_with_all_its_processes()
    {
        var python = Python("""
            tell imported; tell device; tell joined
            sleep 600 & echo $! >> "$pids"
            if [ "$rank" = 1 ]; then kill -STOP $$; fi
            wait
            """);
        var began = Stopwatch.GetTimestamp();
        var outcome = await Run(python, 3).RunAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1, 25);
        Assert.True(outcome is { TimedOut: true, Succeeded: false });
        Assert.Equal("rank 0 joined, rank 1 joined, rank 2 joined", outcome.Standing);
        foreach (var pid in await File.ReadAllLinesAsync(Path.Join(_folder.Path, "pids")))
            await Eventually.TrueAsync(() => !ProcessTree.IsAlive(int.Parse(pid, CultureInfo.InvariantCulture)), "what a rank started is gone");
    }

    [Fact]
    public async Task The_GPU_that_stays_behind_is_named()
    {
        var outcome = await Run(Python("tell imported; tell device; if [ $rank = 2 ]; then sleep 600; fi; tell joined; sleep 600"), 3)
            .RunAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.Equal([2], outcome.Behind);
    }

    [Fact]
    public async Task An_error_ends_the_others_at_once_and_is_kept()
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = await Run(Python("tell imported; tell device; if [ $rank = 1 ]; then echo 'RuntimeError: NCCL error: unhandled system error' >&2; exit 1; fi; sleep 600"), 2)
            .RunAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 30);
        Assert.False(outcome.TimedOut || outcome.Succeeded);
        Assert.Contains("rank 1: exit code 1", outcome.Evidence, StringComparison.Ordinal);
        Assert.Contains("unhandled system error", outcome.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_NCCL_says_itself_is_in_the_verdict_and_the_remedy_is_not_to_run_the_check_again()
    {
        var python = Python("tell imported; tell device; tell joined; echo 'vm:7:7 [0] transport.cc:9 NCCL WARN Cuda failure 999'; echo 'DistBackendError: NCCL error in: x.cpp:1, unhandled cuda error' >&2; exit 1");
        var outcome = await Run(python, 2).RunAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Equal("Cuda failure 999", outcome.Warning);
        Assert.Contains("NCCL says: Cuda failure 999.", CollectiveCheck.Seen(outcome, null), StringComparison.Ordinal);
        Assert.DoesNotContain("Test-GpuRig", CollectiveCheck.Remedy(outcome, null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_named_as_the_cause()
    {
        var python = Python("tell imported; tell device; tell joined; echo 'vm:7:7 [0] bootstrap.cc:114 NCCL WARN Bootstrap : no socket interface found'; echo 'DistBackendError: NCCL error in: x.cpp:1, invalid usage' >&2; exit 1");
        var outcome = await Run(python, 2).RunAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Contains("NCCL_SOCKET_IFNAME", CollectiveCheck.Seen(outcome, null), StringComparison.Ordinal);
        Assert.Contains("Remove NCCL_SOCKET_IFNAME", CollectiveCheck.Remedy(outcome, null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task A_sum_counts_only_if_it_is_right(string correct, bool succeeded)
    {
        var outcome = await Run(Python($$"""tell imported; tell device; tell joined; echo "{\"rank\": $rank, \"step\": \"reduced\", \"correct\": {{correct}}}"; echo "{\"rank\": $rank, \"step\": \"measured\", \"bytes\": 1000, \"seconds\": 0.5}" """), 2)
            .RunAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Equal((succeeded, !succeeded), (outcome.Succeeded, outcome.IsWrong));
        Assert.Equal(2000.0, outcome.BusBandwidth); // two ranks: 2(n-1)/n = 1
    }

    private CollectiveRun Run(string python, int gpus) => new(python, gpus, new Dictionary<string, string?> { ["pids"] = Path.Join(_folder.Path, "pids") }, TimeProvider.System);

    private string Python(string body)
    {
        var path = Path.Join(_folder.Path, "python3");
        File.WriteAllText(path, $"#!/bin/sh\nrank=$3\ntell() {{ echo \"{{\\\"rank\\\": $rank, \\\"step\\\": \\\"$1\\\"}}\"; }}\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
