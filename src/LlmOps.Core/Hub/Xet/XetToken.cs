using System.Text.Json;

namespace LlmOps.Hub.Xet;

/// <summary>What opens Xet storage for a while: the Hub's answer to <c>GET /api/…/xet-read-token/…</c>.</summary>
internal sealed class XetToken
{
    private const long LastSecond = 253_402_300_799;
    private const int LongestSecret = 16 * 1024;

    private XetToken(Uri storage, string secret, DateTimeOffset expires)
    {
        Storage = storage;
        Secret = secret;
        Expires = expires;
    }

    /// <summary>The storage's address, without a slash at its end.</summary>
    public Uri Storage { get; }

    /// <summary>Goes to <see cref="Storage"/> and nowhere else.</summary>
    public string Secret { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Reads the Hub's answer.</summary>
    /// <param name="json">The answer.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static XetToken Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var secret = root.GetProperty("accessToken").GetString();
        if (!root.GetProperty("exp").TryGetInt64(out var seconds) || seconds is < 0 or > LastSecond) throw new JsonException("The token has no end.");
        if (secret is not { Length: > 0 and <= LongestSecret } || !secret.All(letter => letter is > ' ' and <= '~')) throw new JsonException("There is no token.");
        if (!Uri.TryCreate(root.GetProperty("casUrl").GetString()?.TrimEnd('/'), UriKind.Absolute, out var storage) || storage.Scheme != Uri.UriSchemeHttp && storage.Scheme != Uri.UriSchemeHttps
            || storage.Query.Length > 0 || storage.Fragment.Length > 0 || storage.UserInfo.Length > 0)
            throw new JsonException("There is no address of the storage.");
        return new XetToken(storage, secret, DateTimeOffset.FromUnixTimeSeconds(seconds));
    }
}
