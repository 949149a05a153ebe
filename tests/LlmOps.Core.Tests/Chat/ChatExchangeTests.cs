using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LlmOps.Chat;
using LlmOps.Core.Tests.Tunnels;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Tunnels;

namespace LlmOps.Core.Tests.Chat;

public sealed class ChatExchangeTests : IDisposable
{
    private readonly HttpMessageHandler _handler = ChatClient.CreateHandler();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));
    private readonly ChatClient _client;

    public ChatExchangeTests() => _client = new ChatClient(_handler, TimeProvider.System);

    public void Dispose()
    {
        _handler.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_streamed_answer_comes_piece_by_piece_with_its_figures()
    {
        await using var server = new ChatServer(ChatServer.Stream(
            ChatServer.Event("") + ": a comment\n\n"
            + "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Hm\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"reasoning\":\"m.\"}}]}\n\n"
            + ChatServer.Event("Three") + ChatServer.Event(".", "stop") + ChatServer.Usage(11, 7) + "data: [DONE]\n\n"));

        var (reply, updates) = await AskAsync(new ChatEndpoint(server.Uri, SecureText.Hide("canary")), "How many?");

        Assert.Equal(("Three.", "Hmm.", "stop", 11, 7, "m"), (reply.Text, reply.Reasoning, reply.FinishReason, reply.PromptTokens, reply.CompletionTokens, reply.Model));
        Assert.Equal(["Three", "."], updates.Select(update => update.Text).Where(text => text.Length > 0));
        Assert.True(reply.TimeToFirstToken > TimeSpan.Zero && reply.TimeToFirstToken <= reply.Duration);
        Assert.Equal([new ChatMessage(ChatRole.User, "How many?"), new ChatMessage(ChatRole.Assistant, "Three.")], reply.Messages, (x, y) => x.Role == y.Role && x.Text == y.Text);
        Assert.Contains("Authorization: Bearer canary", server.Requests[0], StringComparison.Ordinal);
        Assert.True(server.Body(0).GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.DoesNotContain("canary", JsonSerializer.Serialize(reply) + reply + reply.Endpoint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Characters_lines_and_events_may_be_split_anywhere(string newline)
    {
        const string text = "Grüße, 世界 🚀!";
        var stream = (ChatServer.Event("") + text.EnumerateRunes().Aggregate("", (all, rune) => all + Unescaped(rune.ToString())) + ChatServer.Event("", "stop") + "data: [DONE]\n\n")
            .Replace("\n", newline, StringComparison.Ordinal);
        await using var server = new ChatServer(ChatServer.Stream(Encoding.UTF8.GetBytes(stream).Select(single => new[] { single })));

        Assert.Equal(text, (await AskAsync(new ChatEndpoint(server.Uri, null))).Reply.Text);

        static string Unescaped(string content) => $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{content}\"}}}}]}}\n\n";
    }

    [Fact]
    public async Task An_answer_without_its_last_marker_is_whole_once_it_has_a_finish_reason()
    {
        await using var server = new ChatServer(ChatServer.Stream(ChatServer.Event("whole", "stop")));

        Assert.Equal("whole", (await AskAsync(new ChatEndpoint(server.Uri, null))).Reply.Text);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_stream_is_understood()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json",
            """{"choices":[{"message":{"role":"assistant","content":"all at once"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}"""));

        var reply = (await AskAsync(new ChatEndpoint(server.Uri, null))).Reply;

        Assert.Equal(("all at once", "length", 4), (reply.Text, reply.FinishReason, reply.CompletionTokens));
    }

    [Fact]
    public async Task Events_that_are_no_json_are_passed_over()
    {
        await using var server = new ChatServer(ChatServer.Stream("data: {\"choices\":[{\"del\n\nevent: ping\ndata: 1\n\n" + ChatServer.Event("ok", "stop") + "data: {]\n\ndata: [DONE]\n\n"));

        Assert.Equal("ok", (await AskAsync(new ChatEndpoint(server.Uri, null))).Reply.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cut_answer_from_an_endpoint_keeps_its_text(bool broken)
    {
        await using var server = new ChatServer(ChatServer.Stream(ChatServer.Event("Once upon"), cut: broken));

        var cut = await Assert.ThrowsAsync<ChatStreamCutException>(() => AskAsync(new ChatEndpoint(server.Uri, null)));

        Assert.Equal("Once upon", cut.PartialText);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_cut_answer_through_a_tunnel_goes_on_where_it_was()
    {
        await using var server = new ChatServer(
            ChatServer.Stream(ChatServer.Event("One, ") + ChatServer.Event("two"), cut: true),
            ChatServer.Stream(ChatServer.Event("One, tw") + ChatServer.Event("o, three", "stop") + ChatServer.Usage(5, 6) + "data: [DONE]\n\n"));
        await using var tunnel = await TunnelAsync(server.Port);

        var (reply, updates) = await AskAsync(new ChatEndpoint(tunnel));

        Assert.Equal("One, two, three", reply.Text);
        Assert.Equal("One, two, three", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal((2, 2), (reply.Attempts, server.Requests.Count));
        Assert.Single(updates, update => update.Retry is not null);
        Assert.DoesNotContain(updates, update => update.StartedAnew);
    }

    [Theory]
    [InlineData("Uno, dos")]
    [InlineData("One")]
    public async Task A_cut_answer_that_comes_out_different_begins_anew(string second)
    {
        await using var server = new ChatServer(
            ChatServer.Stream(ChatServer.Event("One, two"), cut: true), ChatServer.Stream(ChatServer.Event(second) + ChatServer.Event("", "stop") + "data: [DONE]\n\n"));
        await using var tunnel = await TunnelAsync(server.Port);

        var (reply, updates) = await AskAsync(new ChatEndpoint(tunnel));

        Assert.Equal(second, reply.Text);
        Assert.Equal(second, Assert.Single(updates, update => update.StartedAnew).Text);
    }

    [Fact]
    public async Task A_lost_link_in_the_middle_of_an_answer_is_survived()
    {
        var links = new LoopbackLinks();
        await using var server = new ChatServer(
            async client =>
            {
                await SocketServer.SendAllAsync(client, Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + ChatServer.Event("Sle")));
                await client.ReceiveAsync(new byte[1]);
            },
            ChatServer.Stream(ChatServer.Event("Sleep ") + ChatServer.Event("well", "stop") + "data: [DONE]\n\n"));
        await using var tunnel = await TunnelAsync(server.Port, links);
        var shown = new StringBuilder();
        ChatReply? reply = null;

        await foreach (var update in new ChatExchange(_client, new ChatEndpoint(tunnel), Request("Hi")).AskAsync(_limit.Token))
        {
            shown.Append(update.Text);
            if (update.Text == "Sle") links.Cut();
            reply = update.Reply ?? reply;
        }

        Assert.Equal("Sleep well", reply!.Text);
        Assert.Equal("Sleep well", shown.ToString());
        Assert.Equal((2, 1), (server.Requests.Count, tunnel.Reconnects));
    }

    [Fact]
    public async Task A_tunnel_to_a_dead_server_gives_up_with_the_reason()
    {
        await using var tunnel = await TunnelAsync(1);

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => AskAsync(new ChatEndpoint(tunnel)));

        Assert.Equal("EndpointUnreachable", failure.ErrorId);
        Assert.Contains("Refused 127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_closes_the_connection()
    {
        var gone = new TaskCompletionSource();
        await using var server = new ChatServer(async client =>
        {
            await SocketServer.SendAllAsync(client, Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + ChatServer.Event("a")));
            try
            {
                if (await client.ReceiveAsync(new byte[1]) == 0) gone.SetResult();
            }
            catch (SocketException)
            {
                gone.SetResult();
            }
        });
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in new ChatExchange(_client, new ChatEndpoint(server.Uri, null), Request("Hi")).AskAsync(stop.Token))
                await stop.CancelAsync();
        });

        await gone.Task.WaitAsync(_limit.Token);
    }

    [Theory]
    [InlineData("401 Unauthorized", """{"error":"Unauthorized"}""", "ChatUnauthorized", "Unauthorized")]
    [InlineData("401 Unauthorized", """{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}""", "ChatUnauthorized", "Invalid API Key")]
    [InlineData("404 Not Found", """{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}}""", "ChatModelNotFound", "'m'")]
    [InlineData("404 Not Found", """{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}""", "ChatModelNotFound", "`x`")]
    [InlineData("404 Not Found", """{"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","code":"model_not_found"}}""", "ChatModelNotFound", "access")]
    [InlineData("404 Not Found", "<html>nginx</html>", "EndpointNotOpenAI", "/v1")]
    [InlineData("404 Not Found", """{"detail":"Not Found"}""", "EndpointNotOpenAI", "/v1")]
    [InlineData("400 Bad Request", """{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}""", "ContextLengthExceeded", "needs 5000 tokens, and the model's context has 4096")]
    [InlineData("400 Bad Request", """{"error":{"message":"This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens. Please reduce the length of the input messages. (parameter=input_tokens, value=40000)","type":"BadRequestError","param":"input_tokens","code":400}}""", "ContextLengthExceeded", "needs 40000 tokens, and the model's context has 32768")]
    [InlineData("400 Bad Request", """{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","code":"context_length_exceeded"}}""", "ContextLengthExceeded", "Please reduce")]
    [InlineData("400 Bad Request", """{"error":{"code":400,"message":"the request exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error"}}""", "ContextLengthExceeded", "8192")]
    [InlineData("429 Too Many Requests", """{"error":{"message":"Rate limit reached for model","type":"tokens","code":"rate_limit_exceeded"}}""", "ChatRateLimited", "Rate limit reached")]
    [InlineData("503 Service Unavailable", """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""", "EndpointUnavailable", "Loading model")]
    [InlineData("500 Internal Server Error", "boom", "ChatRefused", "boom")]
    [InlineData("422 Unprocessable Entity", """{"detail":[{"loc":["body","temperature"],"msg":"too hot"}]}""", "ChatRefused", "too hot")]
    public async Task A_refusal_is_named(string status, string body, string id, string part)
    {
        await using var server = new ChatServer(ChatServer.Answer(status, "application/json", body, "Retry-After: 7\r\n"));

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => AskAsync(new ChatEndpoint(server.Uri, null)));

        Assert.Equal(id, failure.ErrorId);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        if (id == "ChatRateLimited") Assert.Contains("7 s", failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_stream_is_named()
    {
        await using var server = new ChatServer(ChatServer.Stream(ChatServer.Event("a") + "data: {\"error\":{\"message\":\"EngineCore encountered an issue\",\"type\":\"InternalServerError\",\"code\":500}}\n\ndata: [DONE]\n\n"));

        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => AskAsync(new ChatEndpoint(server.Uri, null)));

        Assert.Equal("ChatRefused", failure.ErrorId);
        Assert.Contains("EngineCore", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_says_what_was_asked_for()
    {
        await using var server = new ChatServer(ChatServer.Stream(ChatServer.Event("{}", "stop")));
        var request = Request("Look") with
        {
            Messages = [new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "Look") { Images = [new Uri("https://example.org/a.png")] }],
            Temperature = 0.5,
            TopP = 0.9,
            MaxTokens = 12,
            Schema = JsonDocument.Parse("""{"type":"object"}""").RootElement,
        };

        await foreach (var _ in new ChatExchange(_client, new ChatEndpoint(server.Uri, null), request).AskAsync(_limit.Token)) { }

        Assert.Equal(
            """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}],"temperature":0.5,"top_p":0.9,"max_tokens":12,"response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}},"stream":true,"stream_options":{"include_usage":true}}""",
            server.Body(0).GetRawText());
    }

    [Fact]
    public async Task Models_are_listed()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"object":"list","data":[{"id":"a"},{"id":7},{"id":"b"}]}"""));

        Assert.Equal(["a", "b"], await _client.ListModelsAsync(new ChatEndpoint(server.Uri, null), _limit.Token));
        Assert.StartsWith("GET /v1/models HTTP/1.1", server.Requests[0], StringComparison.Ordinal);
    }

    private static ChatRequest Request(string prompt) => new() { Model = "m", Messages = [new ChatMessage(ChatRole.User, prompt)] };

    private static Task<LlmTunnel> TunnelAsync(int port, LoopbackLinks? links = null) => LlmTunnel.OpenAsync(
        new TunnelOptions { Name = "t", Rig = new GpuRig { Name = "loop", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch }, RemotePort = port },
        links ?? new LoopbackLinks(), null, TimeProvider.System, CancellationToken.None);

    private async Task<(ChatReply Reply, List<ChatUpdate> Updates)> AskAsync(ChatEndpoint endpoint, string prompt = "Hi")
    {
        var updates = new List<ChatUpdate>();
        await foreach (var update in new ChatExchange(_client, endpoint, Request(prompt)).AskAsync(_limit.Token)) updates.Add(update);
        return (updates[^1].Reply!, updates);
    }
}
