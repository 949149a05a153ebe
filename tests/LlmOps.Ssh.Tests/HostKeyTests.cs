using LlmOps.Rigs;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class HostKeyTests : IDisposable
{
    private readonly SshdFixture _sshd = new();

    public void Dispose() => _sshd.Dispose();

    [Fact]
    public async Task A_known_key_is_trusted() => await ConnectAsync(_sshd.KnownHosts, null);

    [Fact]
    public async Task An_unknown_key_is_refused_when_nobody_can_be_asked()
    {
        var unknown = await FailAsync(null, null);
        Assert.Equal(("HostKeyUnknown", ErrorKind.SecurityError), (unknown.ErrorId, unknown.Kind));
        Assert.Contains(Fingerprint(_sshd.HostKey), unknown.Message);
        Assert.Contains("-AcceptNewHostKey", unknown.RecommendedAction);
        Assert.False(File.Exists(OwnFile));
    }

    [Fact]
    public async Task An_unknown_key_is_refused_when_the_answer_is_no() => Assert.Equal("HostKeyUnknown", (await FailAsync(null, new Answers(trust: false))).ErrorId);

    [Fact]
    public async Task An_accepted_key_is_kept_and_not_asked_about_again()
    {
        var answers = new Answers();
        await ConnectAsync(null, answers);
        Assert.Equal([$"[127.0.0.1]:{_sshd.Port} ssh-ed25519 {Fingerprint(_sshd.HostKey)}"], answers.Asked);
        Assert.Equal(_sshd.KnownHostsLine + "\n", await File.ReadAllTextAsync(OwnFile));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(OwnFile));
        await ConnectAsync(null, null);
    }

    [Fact]
    public async Task A_key_is_added_after_an_unfinished_line()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(OwnFile)!);
        await File.WriteAllTextAsync(OwnFile, "# no line end");
        await ConnectAsync(null, new Answers());
        Assert.Equal(["# no line end", _sshd.KnownHostsLine], await File.ReadAllLinesAsync(OwnFile));
    }

    [Fact]
    public async Task A_changed_key_is_refused_with_both_fingerprints_and_the_line()
    {
        var old = _sshd.NewKey("old_host");
        var file = Known("# a comment", LineFor(old));
        var changed = await FailAsync(file, new Answers());
        Assert.Equal(("HostKeyChanged", ErrorKind.SecurityError), (changed.ErrorId, changed.Kind));
        Assert.Contains(Fingerprint(old), changed.Message);
        Assert.Contains(Fingerprint(_sshd.HostKey), changed.Message);
        Assert.Contains($"{file}:2", changed.Message);
        Assert.Contains("line 2", changed.RecommendedAction);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_though_it_is_known()
    {
        var revoked = await FailAsync(Known(_sshd.KnownHostsLine, "@revoked * " + Public(_sshd.HostKey)), new Answers());
        Assert.Equal("HostKeyRevoked", revoked.ErrorId);
        Assert.Contains(":2", revoked.Message);
    }

    [Fact]
    public async Task A_hashed_name_is_found()
    {
        var file = Known(_sshd.KnownHostsLine);
        SshdFixture.Run("ssh-keygen", "-H", "-f", file);
        Assert.StartsWith("|1|", await File.ReadAllTextAsync(file));
        await ConnectAsync(file, null);
    }

    [Theory]
    [InlineData("[127.0.*]:*")]
    [InlineData("other,[127.0.0.1]:PORT")]
    [InlineData("127.0.0.1")]
    [InlineData("[127.0.0.?]:PORT,![10.*]:*")]
    public async Task A_pattern_is_found(string hosts) => await ConnectAsync(Known($"{hosts.Replace("PORT", _sshd.Port.ToString())} {Public(_sshd.HostKey)}"), null);

    [Theory]
    [InlineData("![127.0.0.1]:PORT,[127.0.0.*]:*")]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("localhost")]
    public async Task A_pattern_that_does_not_match_is_not_found(string hosts) =>
        Assert.Equal("HostKeyUnknown", (await FailAsync(Known($"{hosts.Replace("PORT", _sshd.Port.ToString())} {Public(_sshd.HostKey)}"), null)).ErrorId);

    [Fact]
    public async Task A_host_with_several_keys_is_asked_for_the_known_one()
    {
        using var several = SshdFixture.With($"HostKey {_sshd.NewKey("rsa", "rsa")}", $"HostKey {_sshd.NewKey("ecdsa", "ecdsa")}");
        foreach (var name in new[] { "rsa", "ecdsa" })
        {
            await File.WriteAllTextAsync(several.PathOf("known"), $"[127.0.0.1]:{several.Port} {Public(_sshd.PathOf(name))}\n");
            await using var link = await Connecting.NewFactory(several).OpenAsync(Connecting.Rig(several, key: several.ClientKey, knownHosts: several.PathOf("known")), null, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "[127.0.0.1]:*", true)]
    [InlineData("127.*", "*", true)]
    [InlineData("elsewhere", "*", false)]
    [InlineData("127.0.0.1", "[10.0.0.1]:*", false)]
    public async Task A_host_certificate_is_good_for_the_hosts_it_names(string principal, string trustedFor, bool good)
    {
        var authority = _sshd.NewKey("authority");
        var host = _sshd.NewKey("certified");
        SshdFixture.Run("ssh-keygen", "-q", "-s", authority, "-I", "host", "-h", "-n", principal, host + ".pub");
        using var certified = SshdFixture.With($"HostCertificate {host}-cert.pub", $"HostKey {host}");
        await File.WriteAllTextAsync(certified.PathOf("known"), $"@cert-authority {trustedFor} {Public(authority)}\n");
        var opening = Connecting.NewFactory(certified).OpenAsync(Connecting.Rig(certified, key: certified.ClientKey, knownHosts: certified.PathOf("known")), null, CancellationToken.None);
        if (good) await (await opening).DisposeAsync();
        else Assert.Equal("HostKeyUnknown", (await Assert.ThrowsAsync<LlmOpsException>(() => opening)).ErrorId);
    }

    private string OwnFile => _sshd.PathOf("llmops/known_hosts");

    private static string Public(string key) => string.Join(' ', File.ReadAllText(key + ".pub").Split(' ').Take(2));

    private static string Fingerprint(string key) => SshdFixture.Run("ssh-keygen", "-l", "-f", key + ".pub").Split(' ')[1];

    private string LineFor(string key) => $"[127.0.0.1]:{_sshd.Port} {Public(key)}";

    private string Known(params string[] lines)
    {
        File.WriteAllLines(_sshd.PathOf("known"), lines);
        return _sshd.PathOf("known");
    }

    private async Task ConnectAsync(string? knownHosts, IConnectQuestions? questions)
    {
        await using var link = await Connecting.NewFactory(_sshd).OpenAsync(Connecting.Rig(_sshd, key: _sshd.ClientKey, knownHosts: knownHosts), questions, CancellationToken.None);
        Assert.Equal("in", await Connecting.RunAsync(link, "echo in"));
    }

    private Task<LlmOpsException> FailAsync(string? knownHosts, IConnectQuestions? questions) =>
        Assert.ThrowsAsync<LlmOpsException>(() => ConnectAsync(knownHosts, questions));
}
