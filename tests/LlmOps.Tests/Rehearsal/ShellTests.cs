using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LlmOps.Gpus;
using LlmOps.Rigs;

namespace LlmOps.Tests.Rehearsal;

/// <summary>What a person at the prompt sees and types: views, the Tab key, -WhatIf, pipelines and remoting.</summary>
public sealed class ShellTests(RehearsalRig lab) : IClassFixture<RehearsalRig>
{
    private readonly Session _session = lab.Session;

    [Theory]
    [InlineData("Get-GpuMemory -Rig l", "lab")]
    [InlineData("Test-GpuRig ", "lab")]
    [InlineData("Get-HfModel x/y -Rig ", "lab")]
    [InlineData("Stop-LlmServer q", "qwen")]
    [InlineData("New-LlmTunnel ", "qwen")]
    [InlineData("Invoke-LlmChat hi -Server ", "qwen")]
    [InlineData("Get-HfModel Qwen/", RehearsalRig.Model)]
    [InlineData("Start-VllmServer Q", RehearsalRig.Model)]
    [InlineData("New-GpuRig -Simulated -Gpu H2", "H200")]
    [InlineData("New-GpuRig -Simulated -Gpu 'NVIDIA H2", "'NVIDIA H200'")]
    [InlineData("New-GpuRig -Simulated -Fault Out", "OutOfMemory")]
    public async Task Tab_offers_names(string line, string expected)
    {
        lab.EnsureServer();
        await Eventually.TrueAsync(() => _session.Complete(line).Any(match => match.CompletionText == expected), $"'{line}' is completed to {expected}"); // a busy rig may need more than its second
    }

    [Theory]
    [InlineData("Get-GpuRig")]
    [InlineData("Get-GpuMemory lab")]
    [InlineData("Test-GpuRig lab")]
    [InlineData("Invoke-GpuRigCommand lab 'true'")]
    [InlineData("Get-LlmServer")]
    [InlineData("Initialize-GpuRig lab -PassThru")]
    [InlineData("Get-HfModel " + RehearsalRig.Model + " -Rig lab")]
    [InlineData("New-LlmTunnel qwen; Get-LlmTunnel | Remove-LlmTunnel")]
    [InlineData("Invoke-LlmChat Hello -Server qwen")]
    public void Every_view_says_that_the_rig_is_simulated(string script)
    {
        lab.EnsureServer();
        var screen = _session.Show(script);
        Assert.Contains("simulated", screen, StringComparison.OrdinalIgnoreCase);
        Assert.All(screen.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        lab.EnsureServer();
        _session.Invoke("New-GpuRig -Simulated -Name other -WhatIf").NoErrors();
        _session.Invoke("New-GpuRig 127.0.0.1:1 -Name other -WhatIf").NoErrors();
        _session.Invoke("Remove-GpuRig lab -WhatIf").NoErrors();
        _session.Invoke("Initialize-GpuRig lab -Version 0.1.0 -WhatIf").NoErrors();
        _session.Invoke("Get-HfModel Qwen/Qwen2.5-7B-Instruct -Rig lab -WhatIf").NoErrors();
        _session.Invoke("Start-VllmServer x/y -Rig lab -WhatIf").NoErrors();
        _session.Invoke("Restart-LlmServer qwen -WhatIf").NoErrors();
        _session.Invoke("Stop-LlmServer qwen -Remove -WhatIf").NoErrors();
        _session.Invoke("New-LlmTunnel qwen -WhatIf").NoErrors();

        Assert.Equal("lab", _session.Invoke("Get-GpuRig").Single<GpuRig>().Name);
        Assert.Equal("Ready", _session.Invoke("(Get-LlmServer).State.ToString()").Single<string>());
        Assert.Empty(_session.Invoke("Get-LlmTunnel").Output);
        Assert.False(Directory.Exists(Path.Join(lab.Rig.Simulation!.Folder, "home/.cache/huggingface/hub/models--Qwen--Qwen2.5-7B-Instruct")));
    }

    [Fact]
    public void Objects_keep_their_views_and_their_rig_after_remoting()
    {
        lab.EnsureServer();
        foreach (var script in new[] { "Get-GpuRig", "Get-GpuMemory lab", "Get-LlmServer", $"Get-HfModel {RehearsalRig.Model} -Rig lab" })
        {
            var copies = _session.Invoke(script).NoErrors().Output.Select(item => PSSerializer.Deserialize(PSSerializer.Serialize(item, 1))).ToArray();
            Assert.Contains("lab", _session.Show("$copies", ("copies", copies)), StringComparison.Ordinal);
        }

        var model = PSSerializer.Deserialize(PSSerializer.Serialize(_session.Invoke($"Get-HfModel {RehearsalRig.Model} -Rig lab").Output[0], 1));
        var refused = _session.Invoke("$model | Start-VllmServer -TensorParallelSize 99", ("model", model));
        Assert.Contains("99", Assert.Single(refused.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runspaces_of_one_process_work_at_the_same_time()
    {
        var runs = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
            runspace.Open();
            using var shell = PowerShell.Create(runspace);
            shell.AddCommand(new CmdletInfo("Get-GpuMemory", typeof(Monitoring.GetGpuMemoryCommand))).AddParameter("Rig", lab.Rig);
            return shell.Invoke<GpuMemory>().Count;
        })).ToArray();
        Assert.All(await Task.WhenAll(runs), count => Assert.Equal(2, count));
    }
}
