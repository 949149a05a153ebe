using LlmOps.Rigs;

namespace LlmOps.Ssh.Session;

/// <summary>A command that runs in a session channel.</summary>
/// <param name="channel">The session channel.</param>
internal sealed class SshProcess(SshChannel channel) : IRemoteProcess
{
    public Stream StandardInput { get; } = new ChannelWriter(channel);

    public Stream StandardOutput { get; } = new ChannelReader(channel.Output);

    public Stream StandardError { get; } = new ChannelReader(channel.Error);

    public Task<int?> ExitCode => channel.Exit;

    public ValueTask DisposeAsync()
    {
        channel.SendEof();
        channel.Close();
        return ValueTask.CompletedTask;
    }
}
