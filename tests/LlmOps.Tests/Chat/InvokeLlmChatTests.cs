using System.Net.Sockets;
using System.Text;
using LlmOps.Chat;
using LlmOps.Rigs;

namespace LlmOps.Tests.Chat;

public sealed class InvokeLlmChatTests : IDisposable
{
    private static readonly Func<Socket, Task> Models = ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}""");
    private static readonly Func<Socket, Task> Hello = ChatServer.Stream(ChatServer.Event("Hel") + ChatServer.Event("lo", "stop") + ChatServer.Usage(4, 2) + "data: [DONE]\n\n");

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task An_endpoint_answers_with_its_first_model_and_the_key_of_the_environment()
    {
        await using var server = new ChatServer(Models, Hello);
        _session.SetEnvironment("OPENAI_API_KEY", "canary");

        var result = _session.Invoke($"Invoke-LlmChat Hi -Endpoint {server.Uri}").NoErrors();

        Assert.Equal(("Hello", "tiny"), (result.Single<ChatReply>().Text, result.Single<ChatReply>().Model));
        Assert.Empty(result.Information);
        Assert.All(server.Requests, request => Assert.Contains("Bearer canary", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reply_goes_on_with_its_conversation_and_model()
    {
        await using var server = new ChatServer(Hello);

        var reply = _session.Invoke($"Invoke-LlmChat Hi -Endpoint {server.Uri} -Model m -System 'Be brief.' | Invoke-LlmChat More").NoErrors().Single<ChatReply>();

        Assert.Equal(["Be brief.", "Hi", "Hello", "More", "Hello"], reply.Messages.Select(message => message.Text));
        Assert.Equal(["system", "user", "assistant", "user"], server.Body(1).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal("m", server.Body(1).GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_streamed_answer_is_seen_while_it_comes_and_not_twice()
    {
        await using var server = new ChatServer(Hello);

        var result = _session.Invoke($"Invoke-LlmChat Hi -Endpoint {server.Uri} -Model m -Stream").NoErrors();
        Assert.Equal("Hello", string.Concat(result.Information.Select(record => record.MessageData.ToString())));
        Assert.True(result.Single<ChatReply>().Streamed);

        var screen = _session.Show($"Invoke-LlmChat Hi -Endpoint {server.Uri} -Model m -Stream");
        Assert.Equal(2, screen.Split("Hello").Length);
        Assert.Contains("[m · 2 tokens · first after ", screen, StringComparison.Ordinal);
        Assert.Contains("Hello", _session.Show($"Invoke-LlmChat Hi -Endpoint {server.Uri} -Model m -NoStream"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_gives_an_object()
    {
        await using var server = new ChatServer(
            ChatServer.Stream(ChatServer.Event("{\"country\":\"Germany\",\"n\":[1,2.5,null]}", "stop")), ChatServer.Stream(ChatServer.Event("Germany", "stop")));
        const string schema = "@{ type = 'object'; properties = @{ country = @{ type = 'string' } }; required = @('country') }";

        var parsed = _session.Invoke($"(Invoke-LlmChat Berlin -Endpoint {server.Uri} -Model m -Schema {schema}).Parsed").NoErrors().Output[0];

        Assert.Equal("Germany", parsed.Properties["country"].Value);
        Assert.Equal(new object?[] { 1L, 2.5, null }, parsed.Properties["n"].Value);
        Assert.Equal("country", server.Body(0).GetProperty("response_format").GetProperty("json_schema").GetProperty("schema").GetProperty("required")[0].GetString());
        Assert.Equal(["ChatAnswerNotJson"], _session.Invoke($"Invoke-LlmChat Berlin -Endpoint {server.Uri} -Model m -Schema {schema}").ErrorIds);
        Assert.Equal(["ChatSchemaInvalid"], _session.Invoke($"Invoke-LlmChat Berlin -Endpoint {server.Uri} -Model m -Schema nofile.json").ErrorIds);
    }

    [Fact]
    public async Task A_local_picture_is_sent_along()
    {
        await using var server = new ChatServer(Hello);
        await File.WriteAllBytesAsync(Path.Join(_session.Folder, "a.png"), Convert.FromHexString("89504E470D0A1A0A00"));

        _session.Invoke($"Invoke-LlmChat Look -Endpoint {server.Uri} -Model m -Image '{_session.Folder}/a.png'").NoErrors();

        Assert.StartsWith("data:image/png;base64,", server.Body(0).GetProperty("messages")[0].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_closes_the_connection()
    {
        var gone = new TaskCompletionSource();
        await using var server = new ChatServer(async client =>
        {
            await SocketServer.SendAllAsync(client, Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + ChatServer.Event("forever")));
            try
            {
                await client.ReceiveAsync(new byte[1]);
            }
            finally
            {
                gone.SetResult();
            }
        });

        var result = _session.StopAfter($"Invoke-LlmChat Hi -Endpoint {server.Uri} -Model m -Stream", so => so.Information.Count > 0);

        Assert.True(result.Stopped);
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Assert.Equal(["ChatEndpointMissing"], _session.Invoke("Invoke-LlmChat Hi").ErrorIds);
        Assert.Equal(["TunnelNotFound"], _session.Invoke("Invoke-LlmChat Hi -Tunnel nobody").ErrorIds);
        Assert.Equal(["EndpointInvalid"], _session.Invoke("Invoke-LlmChat Hi -Endpoint ftp://x").ErrorIds);
        Assert.Equal(["ImageNotFound"], _session.Invoke("Invoke-LlmChat Hi -Endpoint http://127.0.0.1:1/v1 -Image nothing.png").ErrorIds);
        Assert.Equal(["EndpointUnreachable"], _session.Invoke("Invoke-LlmChat Hi -Endpoint http://127.0.0.1:1/v1").ErrorIds);
    }
}
