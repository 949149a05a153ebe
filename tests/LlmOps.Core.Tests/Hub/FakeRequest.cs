using System.Globalization;
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

    /// <summary>The first and the last byte that a Range header means.</summary>
    public static (int From, int To) Bounds(string? range, int length)
    {
        if (range is null) return (0, length - 1);
        var bounds = range["bytes=".Length..].Split('-');
        return (int.Parse(bounds[0], CultureInfo.InvariantCulture), bounds[1].Length == 0 ? length - 1 : Math.Min(int.Parse(bounds[1], CultureInfo.InvariantCulture), length - 1));
    }

    private static string? Header(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
