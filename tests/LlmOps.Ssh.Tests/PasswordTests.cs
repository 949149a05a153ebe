using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

/// <summary>Passwords need an account with a known one: an sshd in a mount namespace of its own sees a shadow file of ours, and nothing else changes.</summary>
public sealed class PasswordTests
{
    private const string Password = "correct horse";

    [FactAsRoot]
    public async Task A_password_is_asked_for_and_kept_for_the_next_connection()
    {
        using var sshd = Start("PasswordAuthentication yes");
        var factory = Connecting.NewFactory(sshd);
        var rig = Connecting.Rig(sshd, knownHosts: sshd.KnownHosts);
        var answers = new Answers(true, "wrong", Password);
        await (await factory.OpenAsync(rig, answers, CancellationToken.None).WaitAsync(Connecting.Limit)).DisposeAsync();
        Assert.Equal(Enumerable.Repeat($"Password of {sshd.UserName}@127.0.0.1", 2), answers.Asked);
        await (await factory.OpenAsync(rig, null, CancellationToken.None).WaitAsync(Connecting.Limit)).DisposeAsync();
    }

    [FactAsRoot]
    public async Task A_wrong_password_is_no_way_in_and_shows_nowhere()
    {
        using var sshd = Start("PasswordAuthentication yes");
        var denied = await Assert.ThrowsAsync<LlmOpsException>(() => Connecting.NewFactory(sshd)
            .OpenAsync(Connecting.Rig(sshd, knownHosts: sshd.KnownHosts), new Answers(true, "hunter2"), CancellationToken.None).WaitAsync(Connecting.Limit));
        Assert.Equal("AuthenticationFailed", denied.ErrorId);
        Assert.Contains("a password", denied.Message);
        Assert.DoesNotContain("hunter2", denied.ToString());
    }

    [FactAsRoot]
    public async Task The_servers_own_questions_are_passed_on()
    {
        using var sshd = Start("KbdInteractiveAuthentication yes", "UsePAM yes");
        var answers = new Answers(true, Password);
        await using var link = await Connecting.NewFactory(sshd).OpenAsync(Connecting.Rig(sshd, knownHosts: sshd.KnownHosts), answers, CancellationToken.None).WaitAsync(Connecting.Limit);
        Assert.Contains("Password", Assert.Single(answers.Asked));
    }

    private static SshdFixture Start(params string[] configuration)
    {
        var sshd = SshdFixture.With(configuration);
        sshd.Stop();
        var hash = SshdFixture.Run("openssl", "passwd", "-6", Password).Trim();
        File.WriteAllText(sshd.PathOf("shadow"), $"{sshd.UserName}:{hash}:19000:0:99999:7:::\n");
        var launcher = sshd.PathOf("launch");
        File.WriteAllText(launcher, $"#!/bin/sh\nexec unshare -m /bin/sh -c 'mount --bind \"{sshd.PathOf("shadow")}\" /etc/shadow && exec /usr/sbin/sshd \"$@\"' sshd \"$@\"\n");
        SshdFixture.Run("chmod", "700", launcher);
        sshd.Launcher = launcher;
        sshd.Start();
        return sshd;
    }
}
