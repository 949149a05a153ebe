using System.Management.Automation;
using System.Net;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.Tunnels.Exposure;

namespace LlmOps.Tunnels;

/// <summary>Tests whether a server's port on a rig can be reached from outside, and says who listens there.</summary>
/// <remarks>
/// <para>Connects from this machine to the rig's own address and the port, as a stranger would, and asks the rig which process listens on the port
/// and at which addresses. A server that listens to the rig's loopback address only is Closed, whatever stands before the rig. Exposed means that a connection was
/// accepted and that somebody on the rig listens for everybody; Firewalled, that only a firewall keeps strangers out; Unknown, that somebody listens for everybody and nothing could be tried.</para>
/// <para>The address tried is the one over which SSH reaches the rig. It is not tried where that is this machine or where the way leads through a jump host; -Address names another.
/// The test sends nothing but the beginning of a connection.</para>
/// </remarks>
/// <example><para>Make sure that a server is for you alone.</para><code>Test-LlmExposure qwen -Rig big</code></example>
/// <example><para>Find the servers that strangers can reach.</para><code>Get-LlmServer | Test-LlmExposure | Where-Object IsExposed | Format-List</code></example>
/// <example><para>Test any port at the address that a provider has given.</para><code>Test-LlmExposure -Rig big -Port 8888 -Address 203.0.113.7</code></example>
[Cmdlet(VerbsDiagnostic.Test, "LlmExposure", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(LlmExposure))]
public sealed class TestLlmExposureCommand : TunnelCmdlet
{
    private const string ServerSet = "Server";
    private const string PortSet = "Port";

    /// <summary>The server: its name, or the object that Get-LlmServer and Start-VllmServer return.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ServerSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument Server { get; set; } = null!;

    /// <summary>The rig. Not needed for a server object, nor where only one rig is known.</summary>
    [Parameter(ParameterSetName = ServerSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PortSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument? Rig { get; set; }

    /// <summary>The TCP port on the rig, for what is no server of LlmOps.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The rig's address to try, where it is not the one that SSH connects to.</summary>
    [Parameter]
    [ValidateNotNull]
    public IPAddress? Address { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var server = ParameterSetName == ServerSet ? await ResolveAsync(Server, Rig, cancel) : null;
        var rig = server?.Rig ?? Find(Rig!);
        var port = server?.Port ?? Port;
        using var progress = new ProgressLine(this, $"Testing port {port} of {rig.Name}");
        progress.Report("Asking the rig who listens");
        var listeners = await (await ConnectAsync(rig, cancel)).InvokeAsync(ExposureOperations.Listeners, new PortQuestion(port), cancel);
        var address = Address ?? await OutsideAddressAsync(rig, cancel);
        progress.Report("Trying it from here");
        WriteObject(new LlmExposure
        {
            Rig = rig,
            Server = server?.Name,
            Port = port,
            Address = address?.ToString(),
            Outside = address is null ? OutsideAnswer.NotTried : await new OutsideProbe(Services.Time).TryAsync(address, port, cancel),
            Listeners = listeners.Sockets,
        });
    }

    private async Task<IPAddress?> OutsideAddressAsync(GpuRig rig, CancellationToken cancel)
    {
        if (rig.Ssh is null) return null;
        await using var link = await Services.Links.OpenAsync(rig, new ConnectQuestions(this), cancel);
        return link.OutsideAddress;
    }
}
