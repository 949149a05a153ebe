using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace LlmOps.Processes;

/// <summary>Who listens on which TCP port of this machine, from <c>/proc/net/tcp</c> and <c>/proc/net/tcp6</c> (proc_net(5)).</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A"; // TCP_LISTEN

    /// <summary>The sockets that listen on a port.</summary>
    /// <param name="port">The port.</param>
    public static IReadOnlyList<ListeningSocket> On(int port)
    {
        var found = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(table => Parse(File.ReadLines(table))).Where(entry => entry.Port == port).ToList();
        if (found.Count == 0) return [];
        var owners = Owners(found.Select(entry => entry.Inode).ToHashSet());
        return [.. found.Select(entry => owners.TryGetValue(entry.Inode, out var owner)
            ? new ListeningSocket(entry.Address.ToString(), port, owner.Id, owner.Name)
            : new ListeningSocket(entry.Address.ToString(), port, null, null))];
    }

    /// <summary>Reads a table; lines that are none are passed over.</summary>
    /// <param name="lines">Its lines, with the heading.</param>
    internal static IEnumerable<(IPAddress Address, int Port, string Inode)> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= 9 || fields[3] != Listen || fields[1].IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0) continue;
            if (Address(fields[1][..colon]) is { } address && int.TryParse(fields[1].AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= ushort.MaxValue)
                yield return (address, port, fields[9]);
        }
    }

    // Words of 32 bits, each as the machine's own memory has it: all that .NET runs on are little-endian.
    private static IPAddress? Address(string hex)
    {
        if (hex.Length is not (8 or 32)) return null;
        var bytes = new byte[hex.Length / 2];
        for (var word = 0; word < bytes.Length / 4; word++)
        {
            if (!uint.TryParse(hex.AsSpan(word * 8, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return null;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(word * 4), value);
        }

        return new IPAddress(bytes);
    }

    private static Dictionary<string, (int Id, string Name)> Owners(HashSet<string> inodes)
    {
        var owners = new Dictionary<string, (int, string)>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                foreach (var handle in Directory.EnumerateFileSystemEntries(Path.Join(process, "fd")))
                {
                    if (new FileInfo(handle).LinkTarget is not { } target || !target.StartsWith("socket:[", StringComparison.Ordinal)) continue;
                    var inode = target[8..^1];
                    if (inodes.Contains(inode)) owners.TryAdd(inode, (id, File.ReadAllText(Path.Join(process, "comm")).Trim()));
                }
            }
            catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
            {
                // Somebody else's process, or one that has just ended.
            }
        }

        return owners;
    }
}
