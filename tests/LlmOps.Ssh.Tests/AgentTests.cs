using System.Diagnostics;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class AgentTests : IDisposable
{
    private readonly SshdFixture _sshd = new();
    private readonly Process _agent;
    private readonly string _socket;

    public AgentTests()
    {
        _socket = _sshd.PathOf("agent");
        _agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", _socket]) { RedirectStandardOutput = true })!;
        SpinWait.SpinUntil(() => File.Exists(_socket), Connecting.Limit);
    }

    public void Dispose()
    {
        _agent.Kill();
        _agent.WaitForExit();
        _sshd.Dispose();
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    [InlineData("ecdsa")]
    public async Task A_key_of_the_agent_lets_us_in(string type)
    {
        var key = _sshd.NewKey("held", type);
        _sshd.Authorize(key);
        Add(key);
        File.Delete(key);
        await ConnectAsync("");
    }

    [Fact]
    public async Task A_certificate_of_the_agent_lets_us_in()
    {
        var authority = _sshd.NewKey("authority");
        _sshd.Authorize($"cert-authority {await File.ReadAllTextAsync(authority + ".pub")}");
        var key = _sshd.NewKey("certified");
        SshdFixture.Run("ssh-keygen", "-q", "-s", authority, "-I", "me", "-n", _sshd.UserName, key + ".pub");
        Add(key);
        await ConnectAsync("");
    }

    [Fact]
    public async Task An_encrypted_key_that_the_agent_holds_needs_no_passphrase()
    {
        var key = _sshd.NewKey("sealed");
        _sshd.Authorize(key);
        Add(key);
        SshdFixture.Run("ssh-keygen", "-q", "-p", "-P", "", "-N", "pass words", "-f", key);
        await ConnectAsync($"IdentityFile {key}\nIdentitiesOnly yes\n");
    }

    [Fact]
    public async Task A_public_key_names_the_agents_key()
    {
        var key = _sshd.NewKey("public_only");
        _sshd.Authorize(key);
        Add(key);
        File.Delete(key);
        await ConnectAsync($"IdentityFile {key}.pub\nIdentitiesOnly yes\n");
    }

    [Fact]
    public async Task IdentitiesOnly_keeps_the_agents_other_keys_back()
    {
        var key = _sshd.NewKey("other");
        _sshd.Authorize(key);
        Add(key);
        File.Delete(key);
        var stranger = _sshd.NewKey("stranger");
        var denied = await Assert.ThrowsAsync<LlmOpsException>(() => ConnectAsync($"IdentityFile {stranger}\nIdentitiesOnly yes\n"));
        Assert.Equal("AuthenticationFailed", denied.ErrorId);
        Assert.DoesNotContain("agent", denied.Message);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_passed_over()
    {
        var denied = await Assert.ThrowsAsync<LlmOpsException>(() => ConnectAsync($"IdentityAgent {_sshd.PathOf("gone")}\n"));
        Assert.Equal("AuthenticationFailed", denied.ErrorId);
        await ConnectAsync($"IdentityAgent {_sshd.PathOf("gone")}\nIdentityFile {_sshd.ClientKey}\n");
    }

    private void Add(string key) => SshdFixture.Run("env", $"SSH_AUTH_SOCK={_socket}", "ssh-add", "-q", key);

    private async Task ConnectAsync(string config)
    {
        await File.WriteAllTextAsync(_sshd.PathOf("config"), $"{config}IdentityAgent {_socket}\n");
        await using var link = await Connecting.NewFactory(_sshd).OpenAsync(Connecting.Rig(_sshd, _sshd.PathOf("config"), knownHosts: _sshd.KnownHosts), null, CancellationToken.None).WaitAsync(Connecting.Limit);
        Assert.Equal("in", await Connecting.RunAsync(link, "echo in"));
    }
}
