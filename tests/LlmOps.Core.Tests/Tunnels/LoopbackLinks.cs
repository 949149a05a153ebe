using System.Collections.Concurrent;
using System.Net.Sockets;
using LlmOps.Rigs;

namespace LlmOps.Core.Tests.Tunnels;

/// <summary>Links whose rig is this machine: real sockets, cut and barred at will.</summary>
internal sealed class LoopbackLinks : IRigLinkFactory
{
    private readonly ConcurrentBag<Link> _links = [];
    private volatile bool _barred;

    public int Opened => _links.Count;

    public int RefusedOpens;

    public void Bar() => _barred = true;

    public void Unbar() => _barred = false;

    public void Cut()
    {
        foreach (var link in _links) link.Cut();
    }

    public Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel)
    {
        if (_barred)
        {
            Interlocked.Increment(ref RefusedOpens);
            throw new IOException("The road is closed.");
        }

        var link = new Link();
        _links.Add(link);
        return Task.FromResult<IRigLink>(link);
    }

    private sealed class Link : IRigLink
    {
        private readonly CancellationTokenSource _lost = new();
        private readonly ConcurrentBag<SocketDuplexStream> _streams = [];

        public CancellationToken Lost => _lost.Token;

        public void Cut()
        {
            _lost.Cancel();
            foreach (var stream in _streams) stream.Abort();
        }

        public Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancel) => throw new NotSupportedException();

        public async Task<DuplexStream> ConnectAsync(string host, int port, CancellationToken cancel)
        {
            if (_lost.IsCancellationRequested) throw RigErrors.ConnectionLost("loop");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(host, port, cancel);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                throw new LlmOpsException("RemotePortRefused", ErrorKind.ConnectionError, $"Refused {host}:{port}: {refused.Message}", "Look.");
            }

            var stream = new SocketDuplexStream(socket);
            _streams.Add(stream);
            return stream;
        }

        public ValueTask DisposeAsync()
        {
            Cut();
            return ValueTask.CompletedTask;
        }
    }
}
