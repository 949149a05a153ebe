using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using LlmOps.Chat;

namespace LlmOps.Core.Tests.Chat;

public sealed class ChatFuzzTests
{
    private static readonly byte[] Seed = Encoding.UTF8.GetBytes(
        "event: m\nid: 1\ndata: {\"choices\":[{\"delta\":{\"content\":\"é\\ud83d\\ude80\",\"reasoning\":null},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}\r\n\r\n: c\ndata: [DONE]\n\n"
        + "data: {\"error\":{\"message\":\"x\",\"code\":400}}\n\n");

    [Fact]
    public void No_bytes_of_a_stream_crash_the_reading()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            using var stream = new MemoryStream(Mutate(random));
            foreach (var item in SseParser.Create(stream, static (_, data) => ChatDelta.Parse(data)).Enumerate()) Assert.NotNull(item.Data.Text);
        }
    }

    [Fact]
    public void No_body_of_a_refusal_crashes_the_reading()
    {
        var random = new Random(4);
        var endpoint = new ChatEndpoint(new Uri("http://127.0.0.1/v1"), null);
        for (var round = 0; round < 20_000; round++)
        {
            var body = Encoding.UTF8.GetString(Mutate(random)).Replace("data: ", "", StringComparison.Ordinal);
            Assert.NotEmpty(ChatFailure.From((HttpStatusCode)random.Next(400, 600), body, null, endpoint, "m").ErrorId);
        }
    }

    [Theory]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"\\ud800\"}}]}")]
    [InlineData("{\"choices\":7,\"usage\":[]}")]
    [InlineData("{\"choices\":[null],\"usage\":{\"prompt_tokens\":1e99}}")]
    [InlineData("[[[]]]")]
    [InlineData("\"text\"")]
    [InlineData("{\"error\":{\"message\":\"\\udfff\"}}")]
    public void Odd_json_says_nothing(string json) => Assert.Equal("", ChatDelta.Parse(Encoding.UTF8.GetBytes(json)).Text);

    private static byte[] Mutate(Random random)
    {
        var bytes = Seed.ToList();
        for (var change = random.Next(1, 12); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)"{}[]\",:\\\n\r0u"[random.Next(12)]); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(40, bytes.Count - at)))); break;
            }
        }

        return [.. bytes];
    }
}
