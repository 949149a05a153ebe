namespace LlmOps.Hub.Xet;

/// <summary>Xet storage for one download of one commit.</summary>
internal sealed class XetTransport : IDisposable
{
    /// <summary>In how few ranges Xet storage can't win anything back: half of them are spent on finding out.</summary>
    private const int FewestRanges = 16;

    private readonly XetTokens _tokens;
    private readonly XetClient _client;
    private readonly TransportChoice _choice;
    private readonly TransferMeter _meter;
    private readonly TimeProvider _time;

    private XetTransport(string commit, HubClient hub, HubHttp http, TransportChoice choice, TransferMeter meter, TimeProvider time)
    {
        _tokens = new XetTokens(hub, commit, time);
        _client = new XetClient(http, _tokens, time);
        _choice = choice;
        _meter = meter;
        _time = time;
    }

    /// <summary>Prepares it; null if the download does without.</summary>
    /// <param name="wanted">What the user wants.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="files">The files of the download.</param>
    /// <param name="hub">Gives the token.</param>
    /// <param name="http">Sends the requests.</param>
    /// <param name="rangeSize">The length of the ranges in bytes.</param>
    /// <param name="meter">Takes remarks.</param>
    /// <param name="time">The clock.</param>
    public static XetTransport? Prepare(HfTransport wanted, string commit, IEnumerable<HubFile> files, HubClient hub, HubHttp http, long rangeSize, TransferMeter meter, TimeProvider time)
    {
        if (wanted == HfTransport.Http || (wanted == HfTransport.Auto && files.Where(file => HashOf(file) is not null).Sum(file => file.Size) < FewestRanges * rangeSize)) return null;
        return new XetTransport(commit, hub, http, new TransportChoice(wanted, rangeSize / 2), meter, time);
    }

    /// <summary>A file's hash in Xet storage; null if it is not there or the Hub hides it.</summary>
    public static string? HashOf(HubFile file) => file is { IsLarge: true, XetHash: { Length: 64 } hash } && hash.All(char.IsAsciiHexDigit) ? hash : null;

    /// <summary>The way to a file's bytes; null if only HTTP leads there.</summary>
    public IRangeRoute? RouteTo(HubFile file) => HashOf(file) is { } hash ? new XetRoute(file, hash, _client, _choice, _meter, _time) : null;

    public void Dispose() => _tokens.Dispose();
}
