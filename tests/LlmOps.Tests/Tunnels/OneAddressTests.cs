using LlmOps.Chat;
using LlmOps.Tests.Rehearsal;
using LlmOps.Tunnels;

namespace LlmOps.Tests.Tunnels;

/// <summary>One address for two servers of a rig, with models of their own.</summary>
public sealed class OneAddressTests : IClassFixture<RehearsalRig>, IDisposable
{
    private readonly Session _session;

    public OneAddressTests(RehearsalRig lab)
    {
        _session = lab.Session;
        DetachedShell.Program = ["dotnet", Path.Join(AppContext.BaseDirectory, "llmops-host.dll")];
        _session.Invoke($$"""
            $model = $rig | Get-HfModel {{RehearsalRig.Model}}
            foreach ($number in 0, 1) {
                if (-not (Get-LlmServer "twin$number" -Rig lab -ErrorAction Ignore | Where-Object State -eq Ready)) { $model | Start-VllmServer -Name "twin$number" -ServedModelName "model$number" -TensorParallelSize 1 -GpuMemoryUtilization 0.4 }
            }
            """).NoErrors();
    }

    public void Dispose()
    {
        _session.Invoke("Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0");
        DetachedShell.Program = null;
    }

    [LinuxFact]
    public void Servers_that_are_piped_share_one_port_and_each_model_is_found()
    {
        var tunnel = _session.Invoke("Get-LlmServer -Rig lab | New-LlmTunnel -OneAddress").NoErrors().Single<LlmTunnel>();

        Assert.Equal(("gateway", null, null), (tunnel.Name, tunnel.Server, tunnel.Model));
        Assert.Equal(["twin0", "twin1"], tunnel.Backends.Select(backend => backend.Server).Order());
        Assert.Equal(["model0", "model1"], Ask("gateway"));
        Assert.Equal(["ChatModelNotFound"], _session.Invoke("Invoke-LlmChat Hi -Tunnel gateway -Model other").ErrorIds);
        Assert.Equal([1L, 1L], tunnel.Backends.Select(backend => backend.Requests));
        Assert.Contains("2 of 2", _session.Show("Get-LlmTunnel"), StringComparison.Ordinal);
        Assert.Matches(@"twin0\s+lab \(simulated\)\s+model0\s+True\s+0\s+1", _session.Show("(Get-LlmTunnel gateway).Backends"));

        _session.Invoke("Remove-LlmTunnel gateway").NoErrors();
        Assert.Empty(_session.Invoke("Get-LlmTunnel").NoErrors().Output);
        Assert.Equal(2, _session.Invoke("New-LlmTunnel twin0, twin1 -Rig lab").NoErrors().Output.Count); // without the switch, one each
    }

    [LinuxFact]
    public void It_can_have_a_process_of_its_own()
    {
        var tunnel = _session.Invoke("New-LlmTunnel twin0, twin1 -Rig lab -OneAddress -Detach -Name both").NoErrors().Single<LlmTunnel>();

        Assert.True(tunnel.IsDetached);
        Assert.Equal(["model0", "model1"], Ask("both"));
        Assert.Equal(2, tunnel.Backends.Count(backend => backend.IsHealthy));
    }

    private IEnumerable<string> Ask(string tunnel) =>
        _session.Invoke($"'model0', 'model1' | ForEach-Object {{ Invoke-LlmChat Hi -Tunnel {tunnel} -Model $_ }}").NoErrors().Output.Select(reply => ((ChatReply)reply.BaseObject).Model);
}
