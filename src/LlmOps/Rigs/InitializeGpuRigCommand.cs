using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Servers;

namespace LlmOps.Rigs;

/// <summary>Installs an engine on rigs: uv where it is missing, a Python environment of its own for each version, and the build that fits the driver.</summary>
/// <remarks>
/// <para>The installation runs on the rig by itself: a lost connection does not stop it, and the command joins it again. Where the version is complete already, nothing is done. An interrupted installation goes on with what was fetched, and a half-made environment is never used. Several versions live side by side.</para>
/// <para>vLLM needs Linux, an NVIDIA driver and a C compiler. Where there is no compiler it is installed with the system's package manager, if the user on the rig may do so. On a simulated rig nothing of the machine underneath is changed.</para>
/// </remarks>
/// <example><para>Prepares a rig for Start-VllmServer.</para><code>Initialize-GpuRig a40</code></example>
/// <example><para>Installs a certain version on all rigs at once.</para><code>Get-GpuRig | Initialize-GpuRig -Version 0.29.0 -PassThru</code></example>
[Cmdlet(VerbsData.Initialize, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(EngineInstallation))]
public sealed class InitializeGpuRigCommand : ServerCmdlet
{
    /// <summary>The rigs: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <summary>The engine.</summary>
    [Parameter]
    [ValidateSet("vLLM")]
    public string Engine { get; set; } = "vLLM";

    /// <summary>The engine's version; the one that LlmOps is made for if it is left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>Writes what is installed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var chosen = Resolve(Rig).Where(rig => ShouldProcess(rig.Name, $"Install {Engine} {Version}".TrimEnd())).ToList();
        await Task.WhenAll(chosen.Select(rig => InstallAsync(rig, cancel)));
    }

    private async Task InstallAsync(GpuRig rig, CancellationToken cancel)
    {
        try
        {
            var servers = await ServersOfAsync(rig, cancel);
            using var progress = new ProgressLine(this, $"Installing {Engine} on {rig}");
            var installed = await servers.InstallAsync(new EngineInstallArgs(Guid.NewGuid().ToString("N"), Version, !rig.IsSimulated), progress.ShowInstall, cancel);
            if (PassThru) WriteObject(installed);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
    }
}
