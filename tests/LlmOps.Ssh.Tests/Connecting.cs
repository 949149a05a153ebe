using LlmOps.Rigs;
using LlmOps.Ssh.OpenSsh;
using LlmOps.State;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

/// <summary>Connects to a test's own sshd without reading anything of the user who runs the tests.</summary>
internal static class Connecting
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static SshLinkFactory NewFactory(SshdFixture sshd, TimeProvider? time = null) =>
        new(new LlmOpsHome(sshd.PathOf("llmops")), time ?? TimeProvider.System, new SshConfig(sshd.PathOf("home"), sshd.PathOf("etc")));

    public static GpuRig Rig(SshdFixture sshd, string? config = "none", string? key = null, string? knownHosts = null, string? host = null) => new()
    {
        Name = "test",
        Kind = RigKind.Ssh,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Ssh = new SshDestination
        {
            HostName = host ?? "127.0.0.1",
            Port = host is null ? sshd.Port : null,
            UserName = host is null ? sshd.UserName : null,
            IdentityFile = key is null ? [] : [key],
            KnownHostsFile = knownHosts,
            ConfigFile = config,
        },
    };

    public static async Task<IRigLink> OpenAsync(SshdFixture sshd, TimeProvider? time = null) =>
        await NewFactory(sshd, time).OpenAsync(Rig(sshd, key: sshd.ClientKey, knownHosts: sshd.KnownHosts), null, CancellationToken.None).WaitAsync(Limit);

    public static async Task<byte[]> ReadExactlyAsync(Stream stream, int count)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        return buffer;
    }

    public static async Task<string> RunAsync(IRigLink link, string command)
    {
        await using var process = await link.StartAsync(command, CancellationToken.None).WaitAsync(Limit);
        process.StandardInput.Dispose();
        return (await new StreamReader(process.StandardOutput).ReadToEndAsync().WaitAsync(Limit)).Trim();
    }
}
