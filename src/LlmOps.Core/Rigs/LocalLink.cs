using System.Net.Sockets;
using LlmOps.Processes;

namespace LlmOps.Rigs;

/// <summary>The link to this machine itself, or to a simulated rig that has no SSH server.</summary>
/// <param name="rig">The rig's name.</param>
/// <param name="login">A program that runs <c>SSH_ORIGINAL_COMMAND</c> as sshd's forced command would; null runs the command in this user's own environment.</param>
internal sealed class LocalLink(string rig, string? login) : IRigLink
{
    private readonly CancellationTokenSource _lost = new();

    // The pipes of an agent on this machine hold pool threads, as reading a pipe does in .NET; others must not wait for those.
    static LocalLink() => ThreadPool.SetMinThreads(Math.Max(16, Environment.ProcessorCount), 16);

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <inheritdoc/>
    public Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancel)
    {
        var start = login is null
            ? new ProcessStart { FileName = "/bin/sh", Arguments = ["-c", commandLine] }
            : new ProcessStart { FileName = login, Environment = new Dictionary<string, string?> { ["SSH_ORIGINAL_COMMAND"] = commandLine } };
        return Task.FromResult<IRemoteProcess>(new LocalProcess(RunningProcess.Start(start)));
    }

    /// <inheritdoc/>
    public async Task<DuplexStream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            return new SocketDuplexStream(socket);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw RigErrors.RemotePortRefused(rig, host, port, refused.Message);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync().ConfigureAwait(false);
        _lost.Dispose();
    }

    private sealed class LocalProcess(RunningProcess process) : IRemoteProcess
    {
        public Stream StandardInput => process.StandardInput!;

        public Stream StandardOutput => process.StandardOutput!;

        public Stream StandardError => process.StandardError!;

        public Task<int?> ExitCode { get; } = process.Exited.ContinueWith(exited => exited.Result.Code, TaskScheduler.Default);

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
