namespace LlmOps.Ssh.OpenSsh;

/// <summary>One host of a ProxyJump list, <c>[user@]host[:port]</c> or <c>ssh://[user@]host[:port]</c>.</summary>
/// <param name="Host">A name, an address or an alias.</param>
/// <param name="User">The login name, or null for the configuration's.</param>
/// <param name="Port">The port, or null for the configuration's.</param>
internal sealed record JumpHost(string Host, string? User, int? Port)
{
    /// <summary>The hosts of a list; null if it is malformed.</summary>
    public static IReadOnlyList<JumpHost>? ParseList(string text)
    {
        var hosts = text.Split(',').Select(Parse).ToList();
        return hosts.Contains(null) ? null : [.. hosts.OfType<JumpHost>()];
    }

    private static JumpHost? Parse(string text)
    {
        text = text.Trim();
        if (text.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase)) text = text[6..].TrimEnd('/');
        string? user = null;
        if (text.LastIndexOf('@') is > 0 and var at) (user, text) = (text[..at], text[(at + 1)..]);
        var (host, portText) =
            text.StartsWith('[') && text.IndexOf(']') is > 0 and var end ? (text[1..end], text[(end + 1)..])
            : text.IndexOf(':') is >= 0 and var colon && text.IndexOf(':', colon + 1) < 0 ? (text[..colon], text[colon..])
            : (text, "");
        if (host.Length == 0 || host.Contains('@')) return null;
        if (portText.Length == 0) return new JumpHost(host, user, null);
        return portText[0] == ':' && int.TryParse(portText.AsSpan(1), out var port) && port is > 0 and < 65536 ? new JumpHost(host, user, port) : null;
    }
}
