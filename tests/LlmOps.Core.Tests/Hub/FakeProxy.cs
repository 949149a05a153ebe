using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmOps.Hub.Tests;

/// <summary>An HTTP proxy on a real socket that may want a login: passes requests on, and makes tunnels.</summary>
/// <param name="login">The user and the password it wants, as <c>user:password</c>; or null.</param>
public sealed class FakeProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string? _login;

    public FakeProxy(string? login)
    {
        _login = login is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address => $"{_listener.LocalEndpoint}";

    /// <summary>The first lines of the requests, as they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var stream = client.GetStream();
            while (await ReadHeadAsync(stream) is { } head)
            {
                Requests.Enqueue(head[0]);
                var words = head[0].Split(' ');
                if (_login is not null && Header(head, "Proxy-Authorization") != _login)
                {
                    await stream.WriteAsync("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }

                using var server = new TcpClient();
                var isTunnel = words[0] == "CONNECT";
                var target = new Uri(isTunnel ? "http://" + words[1] : words[1]);
                try
                {
                    await server.ConnectAsync(target.Host, target.Port);
                }
                catch (SocketException)
                {
                    await stream.WriteAsync("HTTP/1.1 502 x\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }

                if (isTunnel)
                {
                    await stream.WriteAsync("HTTP/1.1 200 x\r\n\r\n"u8.ToArray());
                    await Task.WhenAny(stream.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(stream));
                    return;
                }

                var onward = head.Skip(1).Where(line => !line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)).Prepend($"{words[0]} {target.PathAndQuery} HTTP/1.1");
                await server.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", onward) + "\r\n\r\n"));
                var answer = (await ReadHeadAsync(server.GetStream()))!;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", answer) + "\r\n\r\n"));
                var body = new byte[int.Parse(Header(answer, "Content-Length")!, System.Globalization.CultureInfo.InvariantCulture)];
                await server.GetStream().ReadExactlyAsync(body);
                await stream.WriteAsync(body);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private static string? Header(IEnumerable<string> head, string name) =>
        head.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    private static async Task<List<string>?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var letter = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(letter) == 0) return null;
            head.Append((char)letter[0]);
        }

        return [.. head.ToString().TrimEnd().Split("\r\n")];
    }
}
