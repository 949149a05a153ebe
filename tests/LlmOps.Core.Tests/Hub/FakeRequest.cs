using System.Net.Sockets;
using System.Text;

namespace LlmOps.Hub.Tests;

/// <summary>A request as the fake Hub reads it.</summary>
internal sealed record FakeRequest(string Path, string? Range, string? Authorization)
{
    public static async Task<FakeRequest?> ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(buffer, stop) == 0) return null;
            head.Append((char)buffer[0]);
        }

        var lines = head.ToString().Split("\r\n");
        return new FakeRequest(lines[0].Split(' ')[1], Header(lines, "Range"), Header(lines, "Authorization"));
    }

    private static string? Header(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
