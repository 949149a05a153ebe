using System.Runtime.CompilerServices;
using LlmOps.Protocol.Operations;

namespace LlmOps.Engines;

/// <summary>Reads a server's log: its end, all of it, or what is still to come.</summary>
/// <param name="catalog">The servers.</param>
/// <param name="name">The server.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerLogReader(ServerCatalog catalog, string name, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>The lines.</summary>
    /// <param name="tail">How many of the last lines; null is all.</param>
    /// <param name="from">Where to begin in bytes, instead of <paramref name="tail"/>.</param>
    /// <param name="follow">True goes on until the server has ended.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async IAsyncEnumerable<ServerLogLines> ReadAsync(int? tail, long? from, bool follow, [EnumeratorCancellation] CancellationToken cancel)
    {
        var log = catalog.FolderOf(name).Log;
        var file = new GrowingFile(log, from ?? (tail is { } count ? LogTail.StartOf(log, count) : 0));
        var splitter = new LogLineSplitter(barsToo: false);
        while (true)
        {
            // Looked at before the read: what was written before the end is then read before it is over.
            var over = !follow || (await catalog.GetAsync(name, cancel).ConfigureAwait(false)).State is LlmServerState.Stopped or LlmServerState.Failed;
            for (byte[] read; (read = file.Read()).Length > 0;)
            {
                if (splitter.Add(read) is { Count: > 0 } lines) yield return new ServerLogLines(lines, file.Position - splitter.Pending);
            }

            if (over) break;
            await Task.Delay(Poll, time, cancel).ConfigureAwait(false);
        }

        if (splitter.Rest() is { Count: > 0 } rest) yield return new ServerLogLines(rest, file.Position);
    }
}
