using LlmOps.Rigs;
using LlmOps.Ssh.Session;
using LlmOps.TestServers;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Ssh.Tests;

public sealed class LostLinkTests
{
    [Fact]
    public async Task A_killed_session_ends_every_stream_and_says_so()
    {
        using var sshd = new SshdFixture();
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await using var process = await link.StartAsync("cat", CancellationToken.None);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        var reads = new[] { process.StandardOutput, stream }.Select(open => open.ReadAsync(new byte[1]).AsTask()).ToList();
        sshd.KillSessions();
        foreach (var read in reads) await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(Connecting.Limit));
        await Until(link.Lost);
        Assert.Null(await process.ExitCode.WaitAsync(Connecting.Limit));
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask().WaitAsync(Connecting.Limit));
        var lost = await Assert.ThrowsAsync<RigConnectionLostException>(() => link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None));
        Assert.Equal("test", lost.Target);
        await Assert.ThrowsAsync<RigConnectionLostException>(() => link.StartAsync("true", CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_meets_the_failure_of_a_stream_can_tell_that_the_link_is_lost()
    {
        using var sshd = new SshdFixture();
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        var streams = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None)));
        var told = streams.Select(async stream =>
        {
            await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1]).AsTask());
            return link.Lost.IsCancellationRequested;
        }).ToList();
        sshd.KillSessions();
        Assert.All(await Task.WhenAll(told).WaitAsync(Connecting.Limit), Assert.True);
        foreach (var stream in streams) await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_hangs_is_noticed_after_three_intervals_and_not_before()
    {
        using var sshd = new SshdFixture();
        var time = new FakeTimeProvider();
        await using var link = await Connecting.OpenAsync(sshd, time);
        await using var process = await link.StartAsync("cat", CancellationToken.None);
        sshd.FreezeSessions();
        try
        {
            var reading = process.StandardOutput.ReadAsync(new byte[1]).AsTask();
            time.Advance(LivenessProbe.Interval);
            time.Advance(LivenessProbe.Interval);
            Assert.False(link.Lost.IsCancellationRequested);
            time.Advance(LivenessProbe.Interval);
            await Until(link.Lost);
            await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Connecting.Limit));
        }
        finally
        {
            sshd.ThawSessions();
        }
    }

    [Fact]
    public async Task A_server_that_answers_stays()
    {
        using var sshd = new SshdFixture();
        var time = new FakeTimeProvider();
        await using var link = await Connecting.OpenAsync(sshd, time);
        for (var interval = 0; interval < 6; interval++)
        {
            time.Advance(LivenessProbe.Interval);
            Assert.Equal("here", await Connecting.RunAsync(link, "echo here")); // is answered after the probe, or hears instead of it
        }

        Assert.False(link.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_writer_stuck_in_a_dead_connection_is_freed()
    {
        using var sshd = new SshdFixture();
        var time = new FakeTimeProvider();
        await using var link = await Connecting.OpenAsync(sshd, time);
        await using var process = await link.StartAsync("cat >/dev/null", CancellationToken.None);
        sshd.FreezeSessions();
        try
        {
            var writing = process.StandardInput.WriteAsync(new byte[64 << 20]).AsTask();
            for (var interval = 0; interval < 3; interval++) time.Advance(LivenessProbe.Interval);
            await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(Connecting.Limit));
        }
        finally
        {
            sshd.ThawSessions();
        }
    }

    [Fact]
    public async Task A_disposed_link_is_lost_and_so_are_its_streams()
    {
        using var sshd = new SshdFixture();
        var link = await Connecting.OpenAsync(sshd);
        var process = await link.StartAsync("cat", CancellationToken.None);
        var reading = process.StandardOutput.ReadAsync(new byte[1]).AsTask();
        await link.DisposeAsync().AsTask().WaitAsync(Connecting.Limit);
        Assert.True(link.Lost.IsCancellationRequested);
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Connecting.Limit));
        await process.DisposeAsync();
    }

    private static async Task Until(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(fired.SetResult);
        await fired.Task.WaitAsync(Connecting.Limit);
    }
}
