using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class DirectConnectionTests(SshdFixture sshd) : IClassFixture<SshdFixture>
{
    [Fact]
    public async Task Bytes_come_back()
    {
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        await stream.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await Connecting.ReadExactlyAsync(stream, 5));
    }

    [Fact]
    public async Task Sixty_four_megabytes_each_way_arrive_unchanged()
    {
        var bytes = RandomNumberGenerator.GetBytes(64 << 20);
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        var writing = Task.Run(async () =>
        {
            for (var at = 0; at < bytes.Length; at += 100_000) await stream.WriteAsync(bytes.AsMemory(at, Math.Min(100_000, bytes.Length - at)));
            await stream.CompleteWritesAsync(CancellationToken.None);
        });
        using var back = new MemoryStream();
        await stream.CopyToAsync(back).WaitAsync(Connecting.Limit);
        await writing;
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(back.ToArray()));
    }

    [Fact]
    public async Task We_may_end_first_and_still_read()
    {
        await using var server = new EchoServer(static async (stream, _) =>
        {
            var all = await new StreamReader(stream).ReadToEndAsync();
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"got {all}"));
        });
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        await stream.WriteAsync("question"u8.ToArray());
        await stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("got question", await new StreamReader(stream).ReadToEndAsync().WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task They_may_end_first_and_still_read()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new EchoServer(async (stream, socket) =>
        {
            socket.Shutdown(SocketShutdown.Send);
            heard.SetResult(await new StreamReader(stream).ReadToEndAsync());
        });
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Connecting.Limit));
        await stream.WriteAsync("late"u8.ToArray());
        await stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("late", await heard.Task.WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task What_was_written_arrives_though_the_stream_is_disposed_at_once()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new EchoServer(async (stream, _) => heard.SetResult(await new StreamReader(stream).ReadToEndAsync()));
        await using var link = await Connecting.OpenAsync(sshd);
        await using (var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None)) await stream.WriteAsync("all of it"u8.ToArray());
        Assert.Equal("all of it", await heard.Task.WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_an_error_and_harms_nothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var link = await Connecting.OpenAsync(sshd);
        var refused = await Assert.ThrowsAsync<LlmOpsException>(() => link.ConnectAsync("127.0.0.1", port, CancellationToken.None));
        Assert.Equal("RemotePortRefused", refused.ErrorId);
        Assert.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message);
        Assert.Equal("fine", await Connecting.RunAsync(link, "echo fine"));
    }

    [Fact]
    public async Task A_reader_that_stops_holds_nobody_else_up_and_is_bounded()
    {
        var written = 0L;
        await using var flood = new EchoServer(async (stream, _) =>
        {
            var block = new byte[1 << 20];
            for (var left = 200; left > 0; left--)
            {
                await stream.WriteAsync(block);
                Interlocked.Add(ref written, block.Length);
            }
        });
        await using var echo = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stopped = await link.ConnectAsync("127.0.0.1", flood.Port, CancellationToken.None);
        await using var other = await link.ConnectAsync("127.0.0.1", echo.Port, CancellationToken.None);
        for (var turn = 0; turn < 100; turn++)
        {
            var bytes = RandomNumberGenerator.GetBytes(10_000);
            await other.WriteAsync(bytes);
            Assert.Equal(bytes, await Connecting.ReadExactlyAsync(other, bytes.Length));
        }

        Assert.Equal("alive", await Connecting.RunAsync(link, "echo alive"));
        Assert.InRange(Interlocked.Read(ref written), 0, 100L << 20);
        var total = 0L;
        var buffer = new byte[1 << 16];
        for (int count; (count = await stopped.ReadAsync(buffer).AsTask().WaitAsync(Connecting.Limit)) > 0;) total += count;
        Assert.Equal(200L << 20, total);
    }

    [Fact]
    public async Task Fifty_connections_are_opened_at_once()
    {
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
            var bytes = Encoding.UTF8.GetBytes($"connection {number}");
            await stream.WriteAsync(bytes);
            Assert.Equal(bytes, await Connecting.ReadExactlyAsync(stream, bytes.Length));
        })).WaitAsync(Connecting.Limit);
    }

    [Fact]
    public async Task A_read_can_be_given_up_and_taken_up_again()
    {
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Connecting.Limit));
        await stream.WriteAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await Connecting.ReadExactlyAsync(stream, 1));
    }

    [Fact]
    public async Task An_aborted_stream_ends_its_pending_read()
    {
        await using var server = new EchoServer();
        await using var link = await Connecting.OpenAsync(sshd);
        var stream = await link.ConnectAsync("127.0.0.1", server.Port, CancellationToken.None);
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        stream.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.IsNotType<TimeoutException>(await Record.ExceptionAsync(() => reading));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.WriteAsync(new byte[1]).AsTask());
    }
}
