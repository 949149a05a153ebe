using System.Management.Automation;

namespace LlmOps.Tests.Faults;

/// <summary>What a user can get wrong before anything runs: each has an id of its own, names the value and the way out, and changes nothing.</summary>
[Collection(FaultCollection.Name)]
public sealed class BadInputTests(FaultFixture faults) : IDisposable
{
    public void Dispose() => faults.Good.Become();

    [Theory]
    [InlineData("Get-GpuMemory nobody")]
    [InlineData("Test-GpuRig nobody")]
    [InlineData("Initialize-GpuRig nobody")]
    [InlineData("Invoke-GpuRigCommand nobody id")]
    [InlineData("Enter-GpuRig nobody")]
    [InlineData("Remove-GpuRig nobody")]
    [InlineData("Get-HfModel a/b -Rig nobody")]
    [InlineData("Start-VllmServer a/b -Rig nobody")]
    [InlineData("Get-LlmServer x -Rig nobody")]
    [InlineData("Wait-LlmServer x -Rig nobody")]
    [InlineData("Get-LlmServerLog x -Rig nobody")]
    [InlineData("Restart-LlmServer x -Rig nobody")]
    [InlineData("Stop-LlmServer x -Rig nobody")]
    [InlineData("New-LlmTunnel x -Rig nobody")]
    public void An_unknown_rig(string script) => Refuses(script, "RigNotFound", "nobody", ErrorCategory.ObjectNotFound);

    [Theory]
    [InlineData("New-GpuRig no-such-host.invalid -ConfigFile none", "HostNotResolved", "no-such-host.invalid", ErrorCategory.ObjectNotFound)]
    [InlineData("New-GpuRig 127.0.0.1:{closed} -ConfigFile none", "ConnectionRefused", "{closed}", ErrorCategory.ConnectionError)]
    [InlineData("New-GpuRig 127.0.0.1:{silent} -ConfigFile {config}", "ConnectTimeout", "{silent}", ErrorCategory.OperationTimeout)]
    [InlineData("New-GpuRig {sshd} -IdentityFile {stranger} -ConfigFile {config}", "AuthenticationFailed", "{sshd}", ErrorCategory.AuthenticationError)]
    [InlineData("New-GpuRig {sshd} -IdentityFile {sealed} -ConfigFile {config}", "PassphraseMissing", "{sealed}", ErrorCategory.AuthenticationError)]
    [InlineData("New-GpuRig {sshd} -IdentityFile {key} -ConfigFile {changed}", "HostKeyChanged", "127.0.0.1", ErrorCategory.SecurityError)]
    [InlineData("New-GpuRig {sshd} -IdentityFile /no/such/key -ConfigFile {config}", "IdentityFileNotFound", "/no/such/key", ErrorCategory.ObjectNotFound)]
    [InlineData("New-GpuRig user@ssh.runpod.io", "RunPodProxyUnsupported", "ssh.runpod.io", ErrorCategory.InvalidArgument)]
    [InlineData("New-GpuRig 'not a host'", "SshDestinationInvalid", "not a host", ErrorCategory.InvalidArgument)]
    [InlineData("New-GpuRig -Simulated -Name good", "RigExists", "good", ErrorCategory.ResourceExists)]
    [InlineData("New-GpuRig -Simulated -Gpu Voodoo2", "SimulatedGpuUnknown", "Voodoo2", ErrorCategory.InvalidArgument)]
    [InlineData("New-GpuRig -Simulated -Fault Flood", "SimulatedFaultUnknown", "Flood", ErrorCategory.InvalidArgument)]
    public void A_rig_that_cannot_be_attached(string script, string id, string value, ErrorCategory category)
    {
        if (script.Contains("{sealed}", StringComparison.Ordinal)) faults.Session.Host.Answers.Enqueue(""); // nobody knows the passphrase
        Refuses(script, id, value, category);
    }

    [Fact]
    public void An_unknown_host_key_that_is_not_trusted()
    {
        faults.Session.Host.Answers.Enqueue("No");
        Refuses("New-GpuRig {sshd} -IdentityFile {key} -ConfigFile {empty}", "HostKeyUnknown", "127.0.0.1", ErrorCategory.SecurityError);
    }

    [Theory]
    [InlineData("NoGpu", "Get-GpuMemory good", "NoGpu", ErrorCategory.ObjectNotFound)]
    [InlineData("NoGpu", "Start-VllmServer {model} -Rig good", "NoGpu", ErrorCategory.ObjectNotFound)]
    [InlineData("NoNvidiaSmi", "Get-GpuMemory good", "GpuToolMissing", ErrorCategory.NotInstalled)]
    [InlineData("NoNvidiaSmi", "Initialize-GpuRig good -Version 0.20.0", "GpuDriverMissing", ErrorCategory.ResourceUnavailable)]
    [InlineData("DriverNotLoaded", "Get-GpuMemory good", "DriverNotLoaded", ErrorCategory.ResourceUnavailable)]
    [InlineData("DriverNotLoaded", "Start-VllmServer {model} -Rig good", "DriverNotLoaded", ErrorCategory.ResourceUnavailable)]
    [InlineData("DriverNotLoaded", "Initialize-GpuRig good -Version 0.20.0", "DriverNotLoaded", ErrorCategory.ResourceUnavailable)]
    public void A_rig_without_usable_GPUs(string fault, string script, string id, ErrorCategory category)
    {
        faults.Good.Become(fault);
        Refuses(script, id, "good", category);
    }

    [Fact]
    public void A_rig_without_disk()
    {
        faults.Good.Become("DiskFull");
        var error = Assert.Single(faults.Session.Invoke("Initialize-GpuRig good -Version 0.20.1").Errors);
        Expect(error, "EngineDiskFull", "No space left on device", ErrorCategory.LimitsExceeded);
        Assert.Contains("good", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-HfModel nobody/nothing -Rig good", "RepositoryNotFound", "nobody/nothing", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-HfModel bad//id -Rig good", "ModelIdInvalid", "bad//id", ErrorCategory.InvalidArgument)]
    [InlineData("Get-HfModel Qwen/Qwen2.5-0.5B-Instruct -Revision v9 -Rig good", "RevisionNotFound", "v9", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-HfModel meta-llama/Llama-3.1-8B-Instruct -Rig good", "GatedRepository", "meta-llama/Llama-3.1-8B-Instruct", ErrorCategory.PermissionDenied)]
    [InlineData("Start-VllmServer /no/such/model -Rig good", "ModelNotFound", "/no/such/model", ErrorCategory.ObjectNotFound)]
    [InlineData("Start-VllmServer 'not a model' -Rig good", "ModelNameInvalid", "not a model", ErrorCategory.InvalidArgument)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 8", "TensorParallelTooLarge", "8", ErrorCategory.InvalidArgument)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 4", "TensorParallelDoesNotDivide", "4", ErrorCategory.InvalidArgument)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 1 -Port {silent}", "PortInUse", "{silent}", ErrorCategory.ResourceBusy)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 1 -MaxModelLen long", "ContextLengthInvalid", "long", ErrorCategory.InvalidArgument)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 1 -Name '../up'", "ServerNameInvalid", "../up", ErrorCategory.InvalidArgument)]
    [InlineData("Start-VllmServer {model} -Rig good -TensorParallelSize 1 -Argument --host, 0.0.0.0", "EngineArgumentNotAllowed", "--host", ErrorCategory.InvalidArgument)]
    [InlineData("Wait-LlmServer nobody", "ServerNotFound", "nobody", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-LlmServerLog nobody -Follow", "ServerNotFound", "nobody", ErrorCategory.ObjectNotFound)]
    [InlineData("Stop-LlmServer nobody", "ServerNotFound", "nobody", ErrorCategory.ObjectNotFound)]
    [InlineData("New-LlmTunnel nobody -Rig good", "ServerNotFound", "nobody", ErrorCategory.ObjectNotFound)]
    [InlineData("New-LlmTunnel -Rig good -RemotePort {closed}", "TunnelToDeadServer", "{closed}", ErrorCategory.ConnectionError)]
    [InlineData("New-LlmTunnel -Rig good -RemotePort {silent} -LocalPort {silent}", "LocalPortInUse", "{silent}", ErrorCategory.ResourceBusy)]
    public void A_wish_that_cannot_be_fulfilled(string script, string id, string value, ErrorCategory category) => Refuses(script, id, value, category);

    private void Refuses(string script, string id, string value, ErrorCategory category)
    {
        var before = faults.Everything();
        var result = faults.Session.Invoke(faults.Expand(script));
        Assert.Equal([id], result.ErrorIds);
        Expect(result.Errors[0], id, faults.Expand(value), category);
        Assert.Empty(result.Output);
        Assert.Equal(before, faults.Everything());
    }

    private static void Expect(ErrorRecord error, string id, string value, ErrorCategory category)
    {
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(value, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.NotNull(error.TargetObject);
    }
}
