using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using K4os.Compression.LZ4;
using LlmOps.Hub.Xet;

namespace LlmOps.Hub.Tests;

/// <summary>Nothing that Xet storage sends may crash a download, make it hang, take much memory, or spoil a file.</summary>
public sealed class XetFuzzTests
{
    private const long LittleMemory = 4 * 1024 * 1024;

    private static readonly string Plan =
        """{"offset_into_first_range":5,"terms":[{"hash":"aa","unpacked_length":90,"range":{"start":0,"end":3}},{"hash":"bb","unpacked_length":7,"range":{"start":2,"end":3}}],"xorbs":{"aa":[{"url":"http://h/a?s=1","ranges":[{"chunks":{"start":0,"end":3},"bytes":{"start":0,"end":99}}]}],"bb":[]}}""";

    [Fact]
    public void Plans()
    {
        foreach (var seed in new[] { Plan, """{"offset_into_first_range":0,"terms":[{"hash":"aa","unpacked_length":9,"range":{"start":0,"end":3}}],"fetch_info":{"aa":[{"range":{"start":0,"end":3},"url":"http://h/a","url_range":{"start":0,"end":99}}]}}""" })
        {
            FuzzText.Feed(seed, text => Bounded(() =>
            {
                try
                {
                    var plan = Reconstruction.Parse(Encoding.UTF8.GetBytes(text));
                    Assert.InRange(plan.Offset, 0, plan.Terms[0].Length - 1);
                    Assert.All(plan.Terms, term => Assert.True(term.Start >= 0 && term.End is > 0 and <= 8192 && term.Length > 0));
                    plan.Find(plan.Terms[0].Xorb, plan.Terms[0].Start);
                }
                catch (XetException)
                {
                }
            }));
        }
    }

    [Fact]
    public void Tokens() => FuzzText.Feed("""{"accessToken":"xet_abc","exp":1795384806,"casUrl":"https://cas.example"}""", text =>
    {
        try
        {
            var token = XetToken.Parse(Encoding.UTF8.GetBytes(text));
            _ = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token.Secret);
            _ = new Uri($"{token.Storage.AbsoluteUri.TrimEnd('/')}/v2/reconstructions/00");
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
        }
    });

    [Theory]
    [InlineData(0x60)]
    [InlineData(0x40)]
    [InlineData(0x7C)]
    public void Frames(int flags)
    {
        var plain = Repetitive(30_000);
        var frame = FakeChunk.Frame(plain, blockSize: 7_000, (byte)flags);
        var target = new byte[plain.Length];
        Lz4Frame.Unpack(frame, target);
        Assert.Equal(plain, target);
        FuzzText.Feed(frame, bytes => Bounded(() =>
        {
            // Guards on both sides show a write beyond the target.
            var room = new byte[plain.Length + 128];
            try
            {
                Lz4Frame.Unpack(bytes, room.AsSpan(64, plain.Length));
            }
            catch (XetException)
            {
            }

            Assert.False(room.AsSpan(0, 64).ContainsAnyExcept((byte)0) || room.AsSpan(plain.Length + 64).ContainsAnyExcept((byte)0));
        }), 20_000);
    }

    [Fact]
    public void Blocks_that_look_back_are_unpacked()
    {
        var (first, second) = (Repetitive(5_000), Repetitive(5_000));
        var encoded = new byte[LZ4Codec.MaximumOutputSize(first.Length)];
        var count = LZ4Codec.Encode(first, encoded);
        // The second block is one match of 5,000 bytes, 5,000 bytes back, and five literals, as the format wants at the end.
        byte[] back = [0x0F, 0x88, 0x13, .. Enumerable.Repeat((byte)255, 19), 131, 0x50, .. second[^5..]];
        byte[] frame = [0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0x82, .. BitConverter.GetBytes(count), .. encoded[..count], .. BitConverter.GetBytes(back.Length), .. back, 0, 0, 0, 0];
        var length = 4 + 15 + 19 * 255 + 131;
        var target = new byte[first.Length + length + 5];
        Lz4Frame.Unpack(frame, target);
        Assert.Equal([.. first, .. second[..length], .. second[^5..]], target);
    }

    [Fact]
    public void Groups_of_bytes_are_spread_for_every_length()
    {
        for (var length = 0; length < 70; length++)
        {
            var plain = Enumerable.Range(0, length).Select(value => (byte)value).ToArray();
            var grouped = Enumerable.Range(0, 4).SelectMany(group => plain.Where((_, at) => at % 4 == group)).ToArray();
            var spread = new byte[length];
            ByteGroups.Spread(grouped, spread);
            Assert.Equal(plain, spread);
        }
    }

    [Fact]
    public void Chunks()
    {
        byte[] seed = [.. FakeChunk.Pack(Repetitive(300), 0), .. FakeChunk.Pack(Repetitive(3_000), 1), .. FakeChunk.Pack(Repetitive(3_000), 2)];
        FuzzText.Feed(seed, bytes => Bounded(() =>
        {
            using var body = new MemoryStream(bytes);
            using var chunks = new ChunkReader(body, new Uri("http://h/"), new Memory());
            try
            {
                while (true) Assert.InRange(chunks.ReadAsync(isWanted: true, default).AsTask().GetAwaiter().GetResult().Length, 1, ChunkHeader.MostBytes);
            }
            catch (XetException)
            {
            }
        }), 20_000);
    }

    [Fact]
    public async Task Whatever_the_storage_says_the_file_is_right()
    {
        var random = new Random(20_26);
        for (var round = 0; round < 60; round++)
        {
            var xet = new FakeXet { ChunkSize = 6_000, Twist = plan => Twist(plan, random) };
            var repo = new FakeRepo { Xet = xet };
            repo.AddSparse("model.bin", 150_000, round);
            using var fixture = new HubFixture(repo);
            var model = await fixture.GetAsync(fixture.Request with { Transport = HfTransport.Xet });
            fixture.AssertComplete(model.Path);
        }
    }

    private static void Twist(JsonObject plan, Random random)
    {
        lock (random)
        {
            try
            {
                if (random.Next(3) == 0) return;
                var changed = JsonNode.Parse(FuzzText.Change(plan.ToJsonString(), random))!.AsObject();
                plan.Clear();
                foreach (var (name, value) in changed) plan[name] = value?.DeepClone();
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
            {
                plan.Remove("terms");
            }
        }
    }

    private static byte[] Repetitive(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)(at * at % 7 + at / 100))];

    private static void Bounded(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        read();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, LittleMemory);
    }

    /// <summary>A connection to bytes in memory.</summary>
    private sealed class Memory : IRangeConnection
    {
        public long Position => 0;

        public ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationToken cancel) => body.ReadAsync(buffer, cancel);

        public bool Write(long offset, ReadOnlySpan<byte> data) => true;
    }
}
