using LlmOps.Ssh.Authentication;
using LlmOps.Ssh.OpenSsh;
using LlmOps.Ssh.Session;
using Renci.SshNet;

namespace LlmOps.Ssh.Connect;

/// <summary>One attempt to connect and authenticate, bounded in time except while somebody is being asked.</summary>
/// <param name="request">The host.</param>
/// <param name="known">What known_hosts says about it.</param>
/// <param name="check">Judges its key.</param>
/// <param name="usualKeys">The key files that are offered when none are named.</param>
/// <param name="secrets">What was typed before.</param>
/// <param name="patience">How long it may take.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectAttempt(
    ConnectRequest request, KnownHosts known, HostKeyCheck check, IReadOnlyList<string> usualKeys, SecretStore secrets, TimeSpan patience, TimeProvider time)
{
    private const string Loopback = "127.0.0.1";

    private bool _identified;

    /// <summary>Connects. The caller's cancellation is thrown; everything else is in the result.</summary>
    public async Task<ConnectResult> RunAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var credentials = new Credentials(request.Settings, request.NamedKeys, usualKeys, secrets, new Questioner(request.Questions, limit, patience, cancel));

        // SSH.NET blocks the thread on which it exchanges keys and authenticates, and hears no cancellation there; fifty at once would
        // starve the pool. Its asynchronous way does the same, only later, and with smaller buffers.
        var connecting = Task.Factory.StartNew(() => Connect(credentials), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return new ConnectResult(await connecting.WaitAsync(either.Token).ConfigureAwait(false), null, null, false);
        }
        catch (Exception thrown)
        {
            _ = connecting.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            _ = connecting.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            cancel.ThrowIfCancellationRequested();
            if (check.Verdict is { IsTrusted: false } verdict) return new ConnectResult(null, verdict.UnknownKey, verdict.Failure, false);
            var failure = new ConnectFailures(request.Settings, patience).Translate(thrown, credentials.Offered, check.Verdict is not null);
            return new ConnectResult(null, null, failure, ConnectFailures.IsBusy(thrown, _identified));
        }
    }

    private SshClient Connect(Credentials credentials)
    {
        var client = NewClient(credentials.Methods());
        try
        {
            client.Connect();
            SocketTuning.Apply(SshInternals.SocketOf(SshInternals.SessionOf(client)));
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private SshClient NewClient(AuthenticationMethod[] methods)
    {
        var (host, port) = request.Route is { } route ? (Loopback, route.Port) : (request.Settings.HostName, request.Settings.Port);
        var connection = new ConnectionInfo(host, port, request.Settings.User, methods) { Timeout = patience };
        AlgorithmOrder.PreferFast(connection);
        AlgorithmOrder.PreferKnown(connection, known.KeyTypes, known.HasAuthority);
        var client = new SshClient(connection);
        client.HostKeyReceived += check.Judge;
        client.ServerIdentificationReceived += (_, _) => _identified = true;
        return client;
    }
}
