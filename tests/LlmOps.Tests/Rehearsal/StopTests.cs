namespace LlmOps.Tests.Rehearsal;

/// <summary>Ctrl+C in the long cmdlets: the prompt is back at once, and what the cmdlet ran on the rig is gone.</summary>
public sealed class StopTests(RehearsalRig lab) : IClassFixture<RehearsalRig>
{
    private readonly Session _session = lab.Session;

    [Fact]
    public async Task A_command_on_a_rig_ends_there_with_all_that_it_started()
    {
        var result = _session.StopAfter("Invoke-GpuRigCommand lab 'trap \"\" INT TERM HUP; echo started; sleep 4711 & sleep 4711'", _ => lab.Running("^sleep 4711").Count == 2);

        AssertStopped(result);
        await Eventually.TrueAsync(() => lab.Running("sleep 4711").Count == 0, "both sleeps are gone");
    }

    [Fact]
    public async Task A_server_that_was_being_started_is_ended()
    {
        _session.Invoke("Get-LlmServer -Rig lab | Stop-LlmServer -Force -Remove").NoErrors();
        var result = _session.StopAfter($"$rig | Get-HfModel {RehearsalRig.Model} | Start-VllmServer -Name doomed", _ => lab.Running("vllm serve").Count > 0);

        AssertStopped(result);
        await Eventually.TrueAsync(() => lab.Running("VLLM|vllm serve|worker").Count == 0, "no process of the server is left");
    }

    [Fact]
    public async Task A_reader_of_a_log_leaves_the_server_alone()
    {
        lab.EnsureServer();
        var result = _session.StopAfter("Get-LlmServerLog qwen -Follow", run => run.Output.Count > 5);

        AssertStopped(result);
        Assert.NotEmpty(lab.Running("vllm serve"));
        await Eventually.TrueAsync(() => _session.Invoke("Get-LlmServer qwen").Output.Count == 1, "the server is found");
    }

    [Fact]
    public void A_watch_ends_when_stopped_and_when_enough_was_seen()
    {
        AssertStopped(_session.StopAfter("Get-GpuMemory lab -Watch -Interval 0.05", run => run.Output.Count > 3));
        Assert.Equal(3, _session.Invoke("Get-GpuMemory lab -Watch -Interval 0.05 | Select-Object -First 3").NoErrors().Output.Count);
    }

    [Fact]
    public void A_log_that_is_followed_ends_when_enough_was_seen()
    {
        lab.EnsureServer();
        Assert.Single(_session.Invoke("Get-LlmServerLog qwen -Follow | Select-Object -First 1").NoErrors().Output);
        Assert.Single(_session.Invoke("Get-GpuMemory lab").NoErrors().Output, gpu => gpu.Properties["Index"].Value is 1);
    }

    [Fact]
    public void Attaching_a_host_that_never_answers_leaves_no_rig()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;

        AssertStopped(_session.StopAfter($"New-GpuRig -HostName 127.0.0.1 -Port {port} -ConfigFile none -Name dead", _ => silent.Pending()));
        Assert.Equal(["RigNotFound"], _session.Invoke("Get-GpuRig dead").ErrorIds);
    }

    [Fact]
    public async Task A_server_goes_on_when_the_wait_for_it_is_stopped()
    {
        lab.EnsureServer();
        _session.Invoke("Restart-LlmServer qwen -DrainSeconds 0 -NoWait").NoErrors();
        AssertStopped(_session.StopAfter("Wait-LlmServer qwen", run => run.Progress.Any()));
        await Eventually.TrueAsync(() => lab.Running("vllm serve").Count > 0, "the server runs");
        Assert.Equal("Ready", _session.Invoke("(Wait-LlmServer qwen).State.ToString()").NoErrors().Single<string>());
    }

    private static void AssertStopped(SessionResult result)
    {
        Assert.True(result.Stopped, string.Join("; ", result.Errors));
        Assert.True(result.StopTime < TimeSpan.FromSeconds(3), $"It took {result.StopTime.TotalSeconds:0.0} s.");
    }
}
