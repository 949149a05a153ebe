namespace LlmOps.Ssh.Connect;

/// <summary>What a connection through a jump host runs over.</summary>
/// <param name="hop">The connection to the jump host.</param>
/// <param name="relay">The way through it.</param>
internal sealed class JumpRoute(SshLink hop, LoopbackRelay relay) : IAsyncDisposable
{
    /// <summary>The loopback port that leads through.</summary>
    public int Port => relay.Port;

    public async ValueTask DisposeAsync()
    {
        await relay.DisposeAsync().ConfigureAwait(false);
        await hop.DisposeAsync().ConfigureAwait(false);
    }
}
