using System.Net;
using System.Net.Sockets;
using System.Text;
using LlmOps.Chat;
using LlmOps.Rigs;
using LlmOps.Tunnels;

namespace LlmOps.Core.Tests.Tunnels;

/// <summary>A server behind one address for many that offers to keep each connection and closes it when the next request comes: it may, at any time, and nobody may suffer.</summary>
public sealed class GatewayKeptConnectionTests
{
    private const string Answer = """{"data":[{"id":"x"}]}""";

    [Fact]
    public async Task No_request_is_lost_on_a_connection_that_the_server_closes()
    {
        await using var server = new SocketServer(AnswerOnceAsync);
        using var handler = ChatClient.CreateHandler();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var chat = new ChatClient(handler, TimeProvider.System);
        var options = new TunnelOptions { Name = "to", Rig = new GpuRig { Name = "loop", Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch }, RemotePort = server.Port };
        var tunnel = await LlmTunnel.OpenAsync(options, new LoopbackLinks(), null, TimeProvider.System, default);
        await new TunnelCheck(chat, TimeProvider.System).VerifyServerAsync(tunnel, default);
        await using var gateway = LlmTunnel.OpenGateway(options with { Name = "gateway" }, [tunnel], chat, TimeProvider.System);
        for (var round = 0; round < 5; round++)
        {
            using var content = new StringContent("""{"model":"x"}""");
            using var response = await http.PostAsync(new Uri(gateway.Uri, "/v1/chat/completions"), content);
            Assert.Equal((HttpStatusCode.OK, Answer), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
    }

    private static async Task AnswerOnceAsync(Socket client)
    {
        var buffer = new byte[4096];
        var request = "";
        while (!request.EndsWith("}", StringComparison.Ordinal) && !request.StartsWith("GET", StringComparison.Ordinal))
        {
            var read = await client.ReceiveAsync(buffer);
            if (read == 0) return;
            request += Encoding.ASCII.GetString(buffer, 0, read);
        }

        await SocketServer.SendAllAsync(client, Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Answer.Length}\r\n\r\n{Answer}"));
        _ = await client.ReceiveAsync(buffer);
    }
}
