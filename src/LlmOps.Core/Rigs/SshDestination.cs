using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Rigs;

/// <summary>
/// Where a rig's SSH server is, as the user said it. What is left null comes from <c>~/.ssh/config</c> at every connect, so that
/// a change there is seen.
/// </summary>
public sealed partial record SshDestination
{
    /// <summary>A host name, an address, or an alias of <c>~/.ssh/config</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>The TCP port; null takes the configuration's, else 22.</summary>
    public int? Port { get; init; }

    /// <summary>The login name; null takes the configuration's, else the local user's.</summary>
    public string? UserName { get; init; }

    /// <summary>Paths of private keys to offer; empty takes the configuration's, the agent's and the usual files.</summary>
    public IReadOnlyList<string> IdentityFile { get; init; } = [];

    /// <summary>A known_hosts file of the rig's own, which is read first and keeps the keys that are accepted for it; or null.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>An <c>ssh_config</c> file to read instead of the user's; <c>none</c> reads none; null reads <c>~/.ssh/config</c> and the system's.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Reads <c>host</c>, <c>user@host</c>, <c>host:port</c>, <c>user@host:port</c>, <c>[v6]:port</c> or <c>ssh://user@host:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="LlmOpsException"><c>SshDestinationInvalid</c>.</exception>
    public static SshDestination Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success) throw RigErrors.InvalidDestination(text);
        int? port = match.Groups["port"] is { Success: true, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : null;
        if (port is < 1 or > 65535) throw RigErrors.InvalidDestination(text);
        return new SshDestination
        {
            HostName = match.Groups["host"].Value,
            UserName = match.Groups["user"] is { Success: true, Value: var user } ? user : null,
            Port = port,
        };
    }

    /// <summary><c>user@host:port</c>, with the parts that are known.</summary>
    public override string ToString() =>
        (UserName is null ? "" : UserName + "@") + (HostName.Contains(':') && Port is not null ? $"[{HostName}]" : HostName) + (Port is null ? "" : ":" + Port);

    // A host never begins with '-', which ssh would take for an option; more than one colon without brackets is an IPv6 address.
    [GeneratedRegex(@"^(?:ssh://)?(?:(?<user>[^@\s:/-][^@\s:/]*)@)?(?:\[(?<host>[0-9A-Fa-f:.%\w]+)\](?::(?<port>\d{1,5}))?|(?<host>[^-\s:@\[\]/][^\s:@\[\]/]*)(?::(?<port>\d{1,5}))?|(?<host>[0-9A-Fa-f]*:[0-9A-Fa-f:.]+))/?\z")]
    private static partial Regex Pattern();
}
