using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using LlmOps.Simulator.Http;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Hub;

/// <summary>The host that sends large files: another address, signed links that expire, byte ranges, no word of who asks.</summary>
internal sealed class HubContentHost : IDisposable
{
    private const double RealBytesPerSecond = 400e6;
    private const int Piece = 64 * 1024;

    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(1);

    private readonly SimulatedMachine _machine;
    private readonly HttpServer _server;
    private readonly Throttle _throttle = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, (HubRepository Repository, HubFile File)> _files = [];
    private readonly Lock _gate = new();

    public HubContentHost(SimulatedMachine machine)
    {
        _machine = machine;
        _server = new HttpServer(IPAddress.Parse("127.0.0.2"), 0, HandleAsync);
    }

    public Task ServeAsync(CancellationToken cancel) => _server.ServeAsync(cancel);

    /// <summary>A link to a file, another one at every call.</summary>
    public string UrlOf(HubRepository repository, HubFile file)
    {
        lock (_gate) _files[file.Sha256] = (repository, file);
        var expires = DateTimeOffset.UtcNow.Add(LinkLife).ToUnixTimeMilliseconds();
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.2:{_server.Port}/{file.Sha256}?Expires={expires}&Signature={Sign(file.Sha256, expires)}");
    }

    public void Dispose() => _server.Dispose();

    private async Task HandleAsync(HttpExchange exchange, CancellationToken cancel)
    {
        var request = exchange.Request;
        if (request.Headers.ContainsKey("Authorization"))
        {
            await exchange.SendAsync(400, "application/xml", "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>", cancel).ConfigureAwait(false);
            return;
        }

        var name = request.Path.TrimStart('/');
        (HubRepository Repository, HubFile File) found;
        lock (_gate) _files.TryGetValue(name, out found);
        var isSigned = long.TryParse(request.Query.GetValueOrDefault("Expires"), CultureInfo.InvariantCulture, out var expires)
            && expires > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() && request.Query.GetValueOrDefault("Signature") == Sign(name, expires);
        if (found.File is null || !isSigned)
        {
            await exchange.SendAsync(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>", cancel).ConfigureAwait(false);
            return;
        }

        await SendFileAsync(exchange, found.Repository, found.File, cancel).ConfigureAwait(false);
    }

    private async Task SendFileAsync(HttpExchange exchange, HubRepository repository, HubFile file, CancellationToken cancel)
    {
        var length = file.Content.Length;
        if (!ByteRange.TryParse(exchange.Request.Headers.GetValueOrDefault("Range"), length, out var range))
        {
            await exchange.SendAsync(416, "text/plain", "", cancel, ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{length}"))).ConfigureAwait(false);
            return;
        }

        var part = file.Content.AsMemory(range?.From ?? 0, range?.Length ?? length);
        (string, string)[] headers = range is { } given
            ? [("Accept-Ranges", "bytes"), ("ETag", $"\"{file.Oid}\""), ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {given.From}-{given.From + given.Length - 1}/{length}"))]
            : [("Accept-Ranges", "bytes"), ("ETag", $"\"{file.Oid}\"")];
        await exchange.BeginAsync(range is null ? 200 : 206, "binary/octet-stream", part.Length, cancel, headers).ConfigureAwait(false);
        if (exchange.Request.IsHead) return;
        var rate = _machine.State.HubRate ?? repository.ServedSize * _machine.State.Speed * RealBytesPerSecond / repository.Model.TotalSize;
        for (var at = 0; at < part.Length; at += Piece)
        {
            var piece = part[at..Math.Min(part.Length, at + Piece)];
            await _throttle.PassAsync(piece.Length, rate, cancel).ConfigureAwait(false);
            await exchange.WriteAsync(piece, cancel).ConfigureAwait(false);
        }
    }

    private string Sign(string name, long expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{expires}"))));
}
