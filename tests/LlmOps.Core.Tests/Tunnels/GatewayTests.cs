using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LlmOps.Chat;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Tunnels;

namespace LlmOps.Core.Tests.Tunnels;

/// <summary>Several servers behind one address.</summary>
public sealed class GatewayTests : IAsyncDisposable
{
    private readonly LoopbackLinks _links = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));
    private readonly HttpMessageHandler _handler = ChatClient.CreateHandler();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<IDisposable> _engines = [];
    private LlmTunnel? _gateway;

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        _engines.ForEach(engine => engine.Dispose());
        _http.Dispose();
        _handler.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_request_goes_to_the_server_with_its_model_and_all_models_are_listed()
    {
        var (small, large) = (Engine("small"), Engine("large"));
        await OpenAsync((small, null), (large, null));

        Assert.Equal(["small", "large"], await ModelsAsync());
        for (var round = 0; round < 3; round++) Assert.Equal("large", await AskAsync("large"));
        Assert.Equal("small", await AskAsync("small"));

        Assert.Equal(3, large.Asked.Count);
        Assert.True(large.Asked.TryDequeue(out var asked));
        Assert.Equal(("POST", "/v1/chat/completions?x=%20y", """{"model":"large"}"""), (asked.Method, asked.Target, asked.Body));
        Assert.Equal([1L, 3L], _gateway!.Backends.OrderBy(backend => backend.Requests).Select(backend => backend.Requests));
        Assert.All(_gateway.Backends, backend => Assert.Equal((true, "loop"), (backend.IsHealthy, backend.Rig.Name)));
        await Eventually.TrueAsync(() => _gateway.Backends.All(backend => backend.InFlight == 0), "none is in flight any more"); // the client has the answer before it is counted
    }

    [Fact]
    public async Task The_server_with_the_fewest_requests_in_flight_is_asked()
    {
        var (one, two) = (Engine("twin"), Engine("twin"));
        var held = new TaskCompletionSource();
        one.Answer = _ => held.Task;
        await OpenAsync((one, null), (two, null));

        var waiting = AskAsync("twin");
        await Eventually.TrueAsync(() => one.Asked.Count + two.Asked.Count == 1, "the first has a server");
        if (two.Asked.Count == 1) waiting = AskAsync("twin"); // then the next is held
        await Eventually.TrueAsync(() => one.Asked.Count == 1, "the one that holds has a request");
        for (var round = 0; round < 5; round++) await AskAsync("twin");

        Assert.Single(one.Asked);
        Assert.Equal(1, _gateway!.Backends[0].InFlight);
        held.SetResult();
        await waiting;
    }

    [Fact]
    public async Task A_server_that_is_gone_is_left_out_until_it_is_back()
    {
        var (one, two) = (Engine("twin"), Engine("twin"));
        await OpenAsync((one, null), (two, null));
        one.Stop();

        for (var round = 0; round < 6; round++) Assert.Equal("twin", await AskAsync("twin"));
        Assert.Equal(6, two.Asked.Count);
        Assert.Equal([false, true], _gateway!.Backends.Select(backend => backend.IsHealthy));
        Assert.Equal(TunnelState.Open, _gateway.State);

        one.Start();
        await Eventually.TrueAsync(() => _gateway.Backends[0].IsHealthy, "it is known to be back");
        for (var round = 0; round < 4; round++) await AskAsync("twin");
        Assert.NotEmpty(one.Asked);
    }

    [Fact]
    public async Task What_nobody_can_answer_is_said_as_the_api_says_it()
    {
        var only = Engine("only");
        await OpenAsync((only, null));
        var (status, error) = await ErrorAsync("other");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (status, error.GetProperty("code").GetString()));
        Assert.Contains("'other'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("only", error.GetProperty("message").GetString(), StringComparison.Ordinal);

        only.Stop();
        (status, error) = await ErrorAsync("only");
        Assert.Equal((HttpStatusCode.BadGateway, "server_away"), (status, error.GetProperty("code").GetString()));
        await Eventually.TrueAsync(() => _gateway!.State == TunnelState.Reconnecting, "it is seen that no server answers");
    }

    [Fact]
    public async Task The_key_of_any_server_opens_all_and_no_other_does()
    {
        var (one, two, free) = (Engine("one", "key-1"), Engine("two", "key-2"), Engine("free"));
        await OpenAsync((one, "key-1"), (two, "key-2"), (free, null));

        Assert.Equal(["one", "two", "free"], await ModelsAsync("key-2"));
        Assert.Equal(["free"], await ModelsAsync());
        Assert.Equal("one", await AskAsync("one", "key-2"));
        Assert.Equal("key-1", one.Asked.Single().Key);
        Assert.Equal("free", await AskAsync("free", "key-1"));
        Assert.Null(free.Asked.Single().Key);
        foreach (var wrong in new[] { null, "key-3", "key-", "key-11" })
        {
            using var refused = await SendAsync("one", wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Single(one.Asked);
    }

    [Fact]
    public async Task An_answer_comes_piece_by_piece_and_breaks_off_where_the_server_does()
    {
        var engine = Engine("tiny");
        var next = new SemaphoreSlim(0);
        engine.Length = 100;
        engine.Answer = async write =>
        {
            await write("first");
            await next.WaitAsync(_limit.Token);
            await write("second");
            await next.WaitAsync(_limit.Token);
            throw new OperationCanceledException();
        };
        await OpenAsync((engine, null));
        using var response = await SendAsync("tiny");
        var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal("first", await ReadAsync(body));
        next.Release();
        Assert.Equal("second", await ReadAsync(body));
        next.Release();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body));
    }

    [Fact]
    public async Task A_client_that_leaves_is_known_to_the_server_at_once()
    {
        var engine = Engine("tiny");
        var left = new TaskCompletionSource();
        engine.Answer = async write =>
        {
            try
            {
                while (true)
                {
                    await write("more ");
                    await Task.Delay(10, _limit.Token);
                }
            }
            catch (HttpListenerException)
            {
                left.SetResult();
                throw;
            }
        };
        await OpenAsync((engine, null));
        using (var response = await SendAsync("tiny")) Assert.StartsWith("more", await ReadAsync(await response.Content.ReadAsStreamAsync()), StringComparison.Ordinal);
        await left.Task.WaitAsync(_limit.Token);
        await Eventually.TrueAsync(() => _gateway!.Backends[0].InFlight == 0, "nothing is in flight");

        // Also while the server is silent, as one is that thinks.
        engine.Answer = _ => Task.Delay(Timeout.Infinite, _limit.Token);
        using var impatient = new CancellationTokenSource();
        var asking = SendAsync("tiny", cancel: impatient.Token);
        await Eventually.TrueAsync(() => engine.Asked.Count == 2, "the server thinks");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Eventually.TrueAsync(() => _gateway!.Backends[0].InFlight == 0 && _gateway.ActiveConnections == 0, "the server was left too");
        Assert.DoesNotContain(_gateway!.History, told => told.Message.Contains("cancel", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task One_connection_takes_requests_of_every_form_in_turn()
    {
        var engine = Engine("tiny");
        await OpenAsync((engine, null));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync("127.0.0.1", _gateway!.LocalPort);
        const string chunked = "POST /v1/x HTTP/1.1\r\nHost: y\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"model\":\r\n7;a=b\r\n\"tiny\"}\r\n0\r\nTrailer: z\r\n\r\n";
        const string expecting = "POST /v1/x HTTP/1.1\r\nHost: y\r\nExpect: 100-continue\r\nContent-Length: 16\r\n\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes($"{chunked}HEAD /health HTTP/1.1\r\nHost: y\r\n\r\nGET /metrics?a HTTP/1.1\r\n\r\n{expecting}"));

        var said = new StringBuilder();
        await ReadUntilAsync(client, said, "100 Continue\r\n\r\n");
        await client.SendAsync("{\"model\":\"tiny\"}"u8.ToArray());
        await client.SendAsync("GET /last HTTP/1.1\r\nConnection: close\r\n\r\n"u8.ToArray());
        await ReadUntilAsync(client, said, null);

        Assert.Equal(["/v1/x", "/health", "/metrics?a", "/v1/x", "/last"], engine.Asked.Select(asked => asked.Target));
        Assert.Equal(2, engine.Asked.Count(asked => asked.Body == "{\"model\":\"tiny\"}"));
        Assert.Equal(5, said.ToString().Split("HTTP/1.1 200 OK").Length - 1);
        Assert.Equal(4, said.ToString().Split("\r\n4\r\ndone\r\n0\r\n\r\n").Length - 1);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET //example.org/ HTTP/1.1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    [InlineData("GET / HTTP/1.1\r\nName : value\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nName: value\r\n folded: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nName: a\nb\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task What_could_be_read_in_two_ways_is_refused(string request)
    {
        var engine = Engine("tiny");
        await OpenAsync((engine, null));
        Assert.StartsWith("HTTP/1.1 400 ", await SayAsync(Encoding.Latin1.GetBytes(request)), StringComparison.Ordinal);
        Assert.Empty(engine.Asked);
    }

    [Fact]
    public async Task Nothing_that_a_client_says_ends_the_tunnel()
    {
        var engine = Engine("tiny");
        await OpenAsync((engine, null));
        var random = new Random(5);
        var whole = Encoding.Latin1.GetBytes("POST /v1/x HTTP/1.1\r\nHost: y\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"model\":\r\n7\r\n\"tiny\"}\r\n0\r\n\r\n");
        for (var round = 0; round < 300; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await SayAsync(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
        }

        Assert.Equal("tiny", await AskAsync("tiny"));
        await Eventually.TrueAsync(() => _gateway!.ActiveConnections <= 1 && _gateway.Backends[0].InFlight == 0, "all who have left are forgotten");
    }

    [Fact]
    public async Task Links_that_are_lost_keep_a_request_waiting_until_they_are_back()
    {
        var engine = Engine("tiny");
        await OpenAsync((engine, null));
        _links.Bar();
        _links.Cut();
        var waiting = AskAsync("tiny");
        await Eventually.TrueAsync(() => _links.RefusedOpens > 0, "the link is away");
        Assert.False(waiting.IsCompleted);
        _links.Unbar();
        Assert.Equal("tiny", await waiting);
    }

    private GatewayEngine Engine(string model, string? key = null)
    {
        var engine = new GatewayEngine(model, key);
        _engines.Add(engine);
        return engine;
    }

    private async Task OpenAsync(params (GatewayEngine Engine, string? Key)[] servers)
    {
        var chat = new ChatClient(_handler, TimeProvider.System);
        var rig = new GpuRig { Name = "loop", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch };
        var tunnels = new List<LlmTunnel>();
        foreach (var (engine, key) in servers)
        {
            var options = new TunnelOptions { Name = $"to-{engine.Port}", Rig = rig, RemotePort = engine.Port, ApiKey = SecureText.Hide(key) };
            tunnels.Add(await LlmTunnel.OpenAsync(options, _links, null, TimeProvider.System, _limit.Token));
            await new TunnelCheck(chat, TimeProvider.System).VerifyServerAsync(tunnels[^1], _limit.Token);
        }

        _gateway = LlmTunnel.OpenGateway(new TunnelOptions { Name = "gateway", Rig = rig, RemotePort = servers[0].Engine.Port }, tunnels, chat, TimeProvider.System);
        await Eventually.TrueAsync(() => _gateway.Backends.All(backend => backend.IsHealthy), "all are healthy");
    }

    /// <summary>Asks, and returns the name of the engine that answered.</summary>
    private async Task<string> AskAsync(string model, string? key = null)
    {
        using var response = await SendAsync(model, key);
        var body = await response.Content.ReadAsStringAsync(_limit.Token);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {body} {string.Join(", ", _gateway!.History)}");
        return response.Headers.GetValues("X-Engine").Single();
    }

    private async Task<HttpResponseMessage> SendAsync(string model, string? key = null, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway!.Uri, "/v1/chat/completions?x=%20y")) { Content = new StringContent($$"""{"model":"{{model}}"}""") };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _limit.Token);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
    }

    private async Task<(HttpStatusCode Status, JsonElement Error)> ErrorAsync(string model)
    {
        using var response = await SendAsync(model);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error"));
    }

    private async Task<IReadOnlyList<string>> ModelsAsync(string? key = null) =>
        await new ChatClient(_handler, TimeProvider.System).ListModelsAsync(new ChatEndpoint(_gateway!.Uri, SecureText.Hide(key)), _limit.Token);

    private async Task<string> SayAsync(ReadOnlyMemory<byte> bytes)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync("127.0.0.1", _gateway!.LocalPort);
        var said = new StringBuilder();
        try
        {
            await SocketServer.SendAllAsync(client, bytes);
            client.Shutdown(SocketShutdown.Send);
            await ReadUntilAsync(client, said, null);
        }
        catch (SocketException)
        {
            // It was thrown out before it had said all.
        }

        return said.ToString();
    }

    private static async Task ReadUntilAsync(Socket client, StringBuilder said, string? end)
    {
        var buffer = new byte[4096];
        while (end is null || !said.ToString().Contains(end, StringComparison.Ordinal))
        {
            var read = await client.ReceiveAsync(buffer);
            if (read == 0) return;
            said.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }

    private static async Task<string> ReadAsync(Stream body)
    {
        var buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer));
    }
}
