using LlmOps.Rigs;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class AuthenticationTests(SshdFixture sshd) : IClassFixture<SshdFixture>
{
    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("rsa", "")]
    [InlineData("rsa", "-mPEM")]
    [InlineData("rsa", "-mPKCS8")]
    [InlineData("ecdsa", "")]
    [InlineData("ecdsa", "-mPEM")]
    [InlineData("ecdsa", "-mPKCS8")]
    public async Task A_key_of_each_type_and_format_lets_us_in(string type, string format)
    {
        var key = sshd.NewKey($"{type}{format}-plain", type, "", format.Length == 0 ? [] : [format[..2], format[2..]]);
        sshd.Authorize(key);
        await ConnectAsync(key, null);
    }

    [Theory]
    [InlineData("ed25519", "", true)]
    [InlineData("rsa", "-mPEM", true)]
    [InlineData("rsa", "-mPKCS8", true)]
    [InlineData("ecdsa", "", false)]
    [InlineData("rsa", "-mPEM", false)]
    [InlineData("ecdsa", "-mPKCS8", false)]
    public async Task An_encrypted_key_asks_for_its_passphrase_once(string type, string format, bool withPublicHalf)
    {
        var key = sshd.NewKey($"{type}{format}-{withPublicHalf}-sealed", type, "right horse", format.Length == 0 ? [] : [format[..2], format[2..]]);
        sshd.Authorize(key);
        if (!withPublicHalf) File.Delete(key + ".pub");
        var factory = Connecting.NewFactory(sshd);
        var answers = new Answers(true, "wrong", "right horse");
        await ConnectAsync(key, answers, factory);
        Assert.Equal([$"Passphrase for {key}", $"Passphrase for {key}"], answers.Asked);
        await ConnectAsync(key, null, factory);
    }

    [Fact]
    public async Task An_encrypted_key_needs_somebody_to_ask()
    {
        var key = sshd.NewKey("nobody", passphrase: "secret words");
        sshd.Authorize(key);
        var missing = await FailAsync(key, null);
        Assert.Equal("PassphraseMissing", missing.ErrorId);
        Assert.Contains(key, missing.Message);
        Assert.Equal("PassphraseMissing", (await FailAsync(key, new Answers(true, [null]))).ErrorId);
    }

    [Fact]
    public async Task Three_wrong_passphrases_are_enough()
    {
        var key = sshd.NewKey("thrice", passphrase: "secret words");
        sshd.Authorize(key);
        var answers = new Answers(true, "one", "two", "three", "secret words");
        var wrong = await FailAsync(key, answers);
        Assert.Equal(("PassphraseWrong", 3), (wrong.ErrorId, answers.Asked.Count));
        Assert.DoesNotContain("three", wrong.ToString());
    }

    [FactWithProgram("puttygen")]
    public async Task A_putty_key_lets_us_in()
    {
        var key = sshd.NewKey("putty_source");
        sshd.Authorize(key);
        foreach (var version in new[] { "2", "3" })
        {
            var plain = sshd.PathOf($"putty{version}.ppk");
            SshdFixture.Run("puttygen", key, "-O", "private", "--ppk-param", $"version={version}", "-o", plain);
            await ConnectAsync(plain, null);
            await File.WriteAllTextAsync(sshd.PathOf("phrase"), "right horse");
            SshdFixture.Run("puttygen", plain, "-P", "--new-passphrase", sshd.PathOf("phrase"), "-O", "private", "--ppk-param", $"version={version}", "-o", plain + ".sealed");
            await ConnectAsync(plain + ".sealed", new Answers(true, "right horse"));
        }
    }

    [Fact]
    public async Task A_certificate_lets_us_in_where_the_key_alone_does_not()
    {
        var authority = sshd.NewKey("user_authority");
        sshd.Authorize($"cert-authority {await File.ReadAllTextAsync(authority + ".pub")}");
        foreach (var (type, passphrase) in new[] { ("ed25519", ""), ("rsa", ""), ("ecdsa", ""), ("ed25519", "pass words") })
        {
            var key = sshd.NewKey($"certified_{type}{passphrase.Length}", type, passphrase);
            Assert.Equal(passphrase.Length == 0 ? "AuthenticationFailed" : "PassphraseMissing", (await FailAsync(key, null)).ErrorId);
            SshdFixture.Run("ssh-keygen", "-q", "-s", authority, "-I", "me", "-n", sshd.UserName, key + ".pub");
            await ConnectAsync(key, passphrase.Length == 0 ? null : new Answers(true, passphrase));
        }
    }

    [Fact]
    public async Task A_key_that_is_not_let_in_is_named_in_the_error()
    {
        var key = sshd.NewKey("stranger");
        var denied = await FailAsync(key, null);
        Assert.Equal(("AuthenticationFailed", ErrorKind.AuthenticationError), (denied.ErrorId, denied.Kind));
        Assert.Contains(key, denied.Message);
        Assert.Contains($"{sshd.UserName}@127.0.0.1", denied.Message);
    }

    [Fact]
    public async Task Too_many_keys_are_a_failure_to_authenticate()
    {
        using var strict = SshdFixture.With("MaxAuthTries 2");
        var config = strict.PathOf("config");
        var keys = Enumerable.Range(0, 5).Select(number => strict.NewKey($"many{number}"));
        await File.WriteAllTextAsync(config, string.Concat(keys.Select(key => $"IdentityFile {key}\n")) + "IdentityAgent none\n");
        var denied = await Assert.ThrowsAsync<LlmOpsException>(() => Connecting.NewFactory(strict).OpenAsync(Connecting.Rig(strict, config, knownHosts: strict.KnownHosts), null, CancellationToken.None));
        Assert.Equal("AuthenticationFailed", denied.ErrorId);
    }

    [Fact]
    public async Task A_missing_key_file_is_named()
    {
        var missing = await FailAsync(sshd.PathOf("nowhere"), null);
        Assert.Equal("IdentityFileNotFound", missing.ErrorId);
        Assert.Contains(sshd.PathOf("nowhere"), missing.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_key_is_named()
    {
        await File.WriteAllTextAsync(sshd.PathOf("no_key"), "hello");
        Assert.Equal("IdentityFileUnreadable", (await FailAsync(sshd.PathOf("no_key"), null)).ErrorId);
    }

    private async Task ConnectAsync(string key, IConnectQuestions? questions, SshLinkFactory? factory = null)
    {
        await using var link = await (factory ?? Connecting.NewFactory(sshd)).OpenAsync(Connecting.Rig(sshd, key: key, knownHosts: sshd.KnownHosts), questions, CancellationToken.None).WaitAsync(Connecting.Limit);
        Assert.Equal("in", await Connecting.RunAsync(link, "echo in"));
    }

    private Task<LlmOpsException> FailAsync(string key, IConnectQuestions? questions) => Assert.ThrowsAsync<LlmOpsException>(() => ConnectAsync(key, questions));
}
