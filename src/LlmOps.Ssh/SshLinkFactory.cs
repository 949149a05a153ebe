using LlmOps.Rigs;
using LlmOps.Ssh.Authentication;
using LlmOps.Ssh.Connect;
using LlmOps.Ssh.OpenSsh;
using LlmOps.State;

namespace LlmOps.Ssh;

/// <summary>
/// Opens SSH connections to rigs as the user's own ssh would: ~/.ssh/config, known_hosts, agent, keys, jump hosts. Passphrases that were
/// typed are kept in memory, so one factory serves a process.
/// </summary>
public sealed class SshLinkFactory : IRigLinkFactory
{
    private const string RunPodProxy = "ssh.runpod.io";
    private const int MostJumps = 8;

    private readonly string _ownKnownHosts;
    private readonly TimeProvider _time;
    private readonly SshConfig _config;
    private readonly SshConnector _connector;

    /// <summary>A factory for the user who runs this process.</summary>
    /// <param name="home">Where accepted host keys are kept.</param>
    /// <param name="time">The clock of limits, pauses and the liveness probe.</param>
    public SshLinkFactory(LlmOpsHome home, TimeProvider time)
        : this(home, time, SshConfig.OfThisUser())
    {
    }

    internal SshLinkFactory(LlmOpsHome home, TimeProvider time, SshConfig config)
    {
        _ownKnownHosts = home.KnownHosts;
        _time = time;
        _config = config;
        _connector = new SshConnector(config.UsualIdentityFiles, new SecretStore(), time);
    }

    /// <inheritdoc/>
    /// <exception cref="LlmOpsException">Why the rig can't be reached; see <see cref="SshErrors"/>.</exception>
    public async Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel)
    {
        var destination = rig.Ssh ?? throw new ArgumentException($"Rig '{rig.Name}' has no SSH destination.", nameof(rig));
        var settings = _config.Resolve(destination.HostName, destination.UserName, destination.Port, destination.ConfigFile);
        return await OpenAsync(rig.Name, destination, settings, destination.IdentityFile, questions, 0, cancel).ConfigureAwait(false);
    }

    private async Task<SshLink> OpenAsync(
        string rig, SshDestination destination, HostSettings settings, IReadOnlyList<string> keys, IConnectQuestions? questions, int depth, CancellationToken cancel)
    {
        if (settings.HostName.TrimEnd('.') == RunPodProxy) throw SshErrors.RunPodProxyUnsupported(settings.HostName);
        var route = settings.ProxyJump.Count == 0 ? null : await JumpAsync(rig, destination, settings, questions, depth, cancel).ConfigureAwait(false);
        try
        {
            return await _connector.ConnectAsync(new ConnectRequest(rig, settings, keys, KnownHostsFiles(destination, settings), route, questions), cancel).ConfigureAwait(false);
        }
        catch
        {
            if (route is not null) await route.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<JumpRoute> JumpAsync(string rig, SshDestination destination, HostSettings target, IConnectQuestions? questions, int depth, CancellationToken cancel)
    {
        var hop = target.ProxyJump[^1];
        SshLink? link = null;
        try
        {
            var settings = _config.Resolve(hop.Host, hop.User, hop.Port, destination.ConfigFile);
            if (depth >= MostJumps) throw SshErrors.HandshakeFailed(settings.HostName, settings.Port, $"more than {MostJumps} jump hosts lead to one another");
            if (target.ProxyJump.Count > 1) settings = settings with { ProxyJump = [.. target.ProxyJump.SkipLast(1)] };
            link = await OpenAsync(rig, destination, settings, [], questions, depth + 1, cancel).ConfigureAwait(false);
            var jump = link;
            Task<DuplexStream> ThroughAsync(CancellationToken stop) => jump.ConnectAsync(target.HostName, target.Port, stop);
            return new JumpRoute(link, new LoopbackRelay(await ThroughAsync(cancel).ConfigureAwait(false), ThroughAsync));
        }
        catch (Exception failure)
        {
            if (link is not null) await link.DisposeAsync().ConfigureAwait(false);
            if (failure is LlmOpsException known and not { ErrorId: "ProxyJumpFailed" }) throw SshErrors.JumpFailed(hop.Host, known);
            throw;
        }
    }

    private IReadOnlyList<string> KnownHostsFiles(SshDestination destination, HostSettings settings)
    {
        IEnumerable<string> named = destination.KnownHostsFile is { } file ? [file] : [];
        return [.. named, _ownKnownHosts, .. settings.UserKnownHostsFiles, .. settings.GlobalKnownHostsFiles];
    }
}
