using System.Globalization;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Faults;

/// <summary>A rig that goes away for good in the middle of a cmdlet: the user is told at once, and the cmdlet ends in bounded time.</summary>
[Collection(FaultCollection.Name)]
public sealed class VanishingRigTests : IDisposable
{
    private readonly FaultFixture _faults;
    private readonly TimeSpan _patience = Services.Patience;

    public VanishingRigTests(FaultFixture faults)
    {
        _faults = faults;
        Services.Patience = TimeSpan.FromSeconds(2);
        faults.Session.Invoke("Test-GpuRig good").NoErrors(); // a simulated rig is switched on again when it is connected to
        var ssh = faults.Good.Rig.Ssh!;
        var config = Path.Join(faults.Session.Folder, "gone.ssh_config");
        File.WriteAllText(config, $"Host *\n  IdentitiesOnly yes\n  UserKnownHostsFile {ssh.KnownHostsFile}\n");
        var port = SimulatedRigState.Read(faults.Good.Folder).SshPort!.Value.ToString(CultureInfo.InvariantCulture);
        faults.Session.Invoke($"New-GpuRig {ssh.UserName}@127.0.0.1:{port} -Name gone -IdentityFile {ssh.IdentityFile[0]} -ConfigFile {config}").NoErrors();
    }

    public void Dispose()
    {
        Services.Patience = _patience;
        _faults.Good.Become();
        _faults.Session.Invoke("Get-LlmServer -Rig good | Stop-LlmServer -Force -Remove; Remove-GpuRig gone -Confirm:$false");
    }

    [Theory]
    [InlineData("Initialize-GpuRig gone -Version 0.21.0", "Installing")]
    [InlineData("Get-HfModel Qwen/Qwen2.5-72B-Instruct -Rig gone", "Getting")]
    [InlineData("Start-VllmServer {model} -Rig gone -TensorParallelSize 1", "Starting")]
    public void While_something_long_begins(string script, string activity)
    {
        _faults.Good.Become("NeverReady", speed: 1);
        Vanishes(script, run => run.Progress.Any(record => record.Activity.StartsWith(activity, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Wait-LlmServer there -Rig gone")]
    [InlineData("Stop-LlmServer there -Rig gone")]
    public void While_a_server_is_waited_for(string script)
    {
        _faults.Good.Become("NeverReady");
        var server = _faults.Session.Invoke(_faults.Expand("Start-VllmServer {model} -Rig gone -Name there -TensorParallelSize 1 -NoWait")).NoErrors().Single<LlmServer>();
        var frozen = Freeze(server);
        try
        {
            Vanishes(script, run => run.Progress.Any(record => record.Activity.Contains("there on gone", StringComparison.Ordinal)));
        }
        finally
        {
            if (frozen is not null) SimulatedRigProcesses.Kill(frozen);
        }
    }

    [Fact]
    public void While_a_log_is_followed()
    {
        _faults.Good.Become("NeverReady");
        _faults.Session.Invoke(_faults.Expand("Start-VllmServer {model} -Rig gone -Name there -TensorParallelSize 1 -NoWait")).NoErrors();
        Vanishes("Get-LlmServerLog there -Rig gone -Follow", run => run.Output.Count > 0);
    }

    [Fact]
    public void While_memory_is_watched() => Vanishes("Get-GpuMemory gone -Watch -Interval 0.1", run => run.Output.Count > 0);

    [Fact]
    public void While_a_command_runs()
    {
        var result = Run("Invoke-GpuRigCommand gone 'echo begun; sleep 600'", run => run.Information.Count > 0);
        Assert.Equal(["RigConnectionLost"], result.ErrorIds);
        Assert.Contains("gone", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Test-GpuRig gone")]
    [InlineData("Get-GpuMemory gone")]
    [InlineData("Get-LlmServer -Rig gone")]
    [InlineData("Get-HfModel a/b -Rig gone")]
    [InlineData("Start-VllmServer a/b -Rig gone")]
    [InlineData("New-LlmTunnel there -Rig gone")]
    public void Before_anything_begins(string script)
    {
        _faults.Good.Vanish();
        var error = Assert.Single(_faults.Session.Invoke(script).Errors);
        Assert.Equal(System.Management.Automation.ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_rig_that_comes_back_is_joined()
    {
        var lost = false;
        var result = _faults.Session.StopAfter("Get-GpuMemory good -Watch -Interval 0.1", run =>
        {
            if (!lost && run.Output.Count > 0)
            {
                lost = true;
                _faults.Good.Vanish();
            }

            return lost && run.Warnings.Count > 0 && run.Progress.Any(record => record.RecordType == System.Management.Automation.ProgressRecordType.Completed);
        });
        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
        Assert.Contains("good", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    private void Vanishes(string script, Func<SessionResult, bool> underWay)
    {
        var result = Run(script, underWay);
        Assert.Equal(["RigVanished"], result.ErrorIds);
        Assert.Contains("gone", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Contains("what runs on the rig goes on", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains(result.Progress, record => record.Activity == "Connecting to gone again");
    }

    private SessionResult Run(string script, Func<SessionResult, bool> underWay)
    {
        var vanished = false;
        var result = _faults.Session.StopAfter(_faults.Expand(script), run =>
        {
            if (!vanished && underWay(run))
            {
                vanished = true;
                _faults.Good.Vanish();
            }

            return false;
        });
        Assert.True(vanished, $"It ended before the rig was taken away: {string.Join("; ", result.Errors)}");
        return result;
    }

    /// <summary>Makes the engine deaf, so that its end takes as long as it is given.</summary>
    private static ProcessIdentity? Freeze(LlmServer server)
    {
        if (server.ProcessId is not { } id) return null;
        TestServers.SshdFixture.Run("kill", "-STOP", id.ToString(CultureInfo.InvariantCulture));
        return ProcessIdentity.Of(id);
    }
}
