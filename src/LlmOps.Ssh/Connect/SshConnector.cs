using LlmOps.Ssh.Authentication;
using LlmOps.Ssh.OpenSsh;
using Renci.SshNet;

namespace LlmOps.Ssh.Connect;

/// <summary>Connects to one host: key exchange, the host's key, authentication; again where the server was only too busy.</summary>
/// <param name="usualKeys">The key files that are offered when none are named.</param>
/// <param name="secrets">What was typed before in this process.</param>
/// <param name="time">The clock.</param>
internal sealed class SshConnector(IReadOnlyList<string> usualKeys, SecretStore secrets, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private const int BusyTries = 7;

    private readonly ConnectSlots _slots = new(time);

    /// <summary>Connects.</summary>
    /// <exception cref="LlmOpsException">Why not.</exception>
    public async Task<SshLink> ConnectAsync(ConnectRequest request, CancellationToken cancel)
    {
        var pause = FirstPause;
        for (var busy = 0; ;)
        {
            var known = new KnownHosts(request.KnownHostsFiles, request.Settings.HostKeyAlias ?? request.Settings.HostName, request.Settings.HostKeyAlias is null ? request.Settings.Port : null);
            var attempt = new ConnectAttempt(request, known, new HostKeyCheck(known), usualKeys, secrets, request.Settings.ConnectTimeout ?? Patience, time);
            ConnectResult result;
            using (await _slots.TakeAsync(cancel).ConfigureAwait(false)) result = await attempt.RunAsync(cancel).ConfigureAwait(false);
            if (result.Client is { } client) return new SshLink(request.Rig, client, request.Route, time);
            if (result.UnknownKey is { } key)
            {
                await AcceptAsync(request, known.Name, key, cancel).ConfigureAwait(false);
            }
            else if (result.IsBusy && ++busy < BusyTries)
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancel).ConfigureAwait(false);
                pause *= 2;
            }
            else
            {
                throw result.Failure!;
            }
        }
    }

    private async Task AcceptAsync(ConnectRequest request, string host, HostKey key, CancellationToken cancel)
    {
        var accepted = request.Settings.StrictHostKeyChecking switch
        {
            "yes" or "true" => false,
            "accept-new" or "no" or "off" or "false" => true,
            _ => request.Questions is { } questions && await questions.TrustHostKeyAsync(host, key.Type, key.Fingerprint, cancel).ConfigureAwait(false),
        };
        if (!accepted) throw SshErrors.HostKeyUnknown(host, key.Type, key.Fingerprint);
        new KnownHostsFile(request.KnownHostsFiles[0]).Add(host, key);
    }
}
