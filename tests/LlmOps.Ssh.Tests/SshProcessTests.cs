using System.Security.Cryptography;
using System.Text;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

public sealed class SshProcessTests(SshdFixture sshd) : IClassFixture<SshdFixture>
{
    [Fact]
    public async Task A_command_speaks_and_ends_with_its_exit_code()
    {
        await using var link = await Connecting.OpenAsync(sshd);
        await using var process = await link.StartAsync("echo out; echo err >&2; exit 7", CancellationToken.None);
        Assert.Equal("out\n", await new StreamReader(process.StandardOutput).ReadToEndAsync().WaitAsync(Connecting.Limit));
        Assert.Equal("err\n", await new StreamReader(process.StandardError).ReadToEndAsync().WaitAsync(Connecting.Limit));
        Assert.Equal(7, await process.ExitCode.WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task A_command_that_is_killed_has_no_exit_code()
    {
        await using var link = await Connecting.OpenAsync(sshd);
        await using var process = await link.StartAsync("kill -9 $$", CancellationToken.None);
        Assert.Null(await process.ExitCode.WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task A_conversation_goes_back_and_forth()
    {
        await using var link = await Connecting.OpenAsync(sshd);
        await using var process = await link.StartAsync("cat", CancellationToken.None);
        for (var turn = 0; turn < 200; turn++)
        {
            var line = Encoding.UTF8.GetBytes($"turn {turn}\n");
            await process.StandardInput.WriteAsync(line);
            Assert.Equal(line, await Connecting.ReadExactlyAsync(process.StandardOutput, line.Length));
        }

        await process.StandardInput.DisposeAsync();
        Assert.Equal(0, await process.ExitCode.WaitAsync(Connecting.Limit));
        Assert.Equal(0, await process.StandardOutput.ReadAsync(new byte[1]).AsTask().WaitAsync(Connecting.Limit));
    }

    [Fact]
    public async Task Much_input_arrives_whole_and_its_end_is_seen()
    {
        var bytes = RandomNumberGenerator.GetBytes(20_000_000);
        await using var link = await Connecting.OpenAsync(sshd);
        await using var process = await link.StartAsync($"cat > '{sshd.PathOf("upload")}'", CancellationToken.None);
        await process.StandardInput.WriteAsync(bytes).AsTask().WaitAsync(Connecting.Limit);
        await process.StandardInput.DisposeAsync();
        Assert.Equal(0, await process.ExitCode.WaitAsync(Connecting.Limit));
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await File.ReadAllBytesAsync(sshd.PathOf("upload"))));
    }

    [Fact]
    public async Task An_unread_command_waits_and_leaves_the_others_alone()
    {
        await using var link = await Connecting.OpenAsync(sshd);
        await using var stopped = await link.StartAsync("head -c 200000000 /dev/zero", CancellationToken.None);
        for (var turn = 0; turn < 5; turn++) Assert.Equal("here", await Connecting.RunAsync(link, "echo here"));
        Assert.False(stopped.ExitCode.IsCompleted);
        var total = 0L;
        var buffer = new byte[1 << 16];
        for (int count; (count = await stopped.StandardOutput.ReadAsync(buffer).AsTask().WaitAsync(Connecting.Limit)) > 0;) total += count;
        Assert.Equal(200_000_000, total);
    }
}
