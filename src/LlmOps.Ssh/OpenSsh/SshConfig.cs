using System.Globalization;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>The SSH configuration of this user and this machine.</summary>
/// <param name="home">The user's home folder; <c>.ssh</c> is in it.</param>
/// <param name="systemFolder">The machine's folder, <c>/etc/ssh</c>.</param>
internal sealed class SshConfig(string home, string systemFolder)
{
    private static readonly Dictionary<char, int> Units = new() { ['s'] = 1, ['m'] = 60, ['h'] = 3600, ['d'] = 86400, ['w'] = 604800 };

    private readonly string _folder = Path.Join(home, ".ssh");

    /// <summary>That of the user who runs this process.</summary>
    public static SshConfig OfThisUser() => new(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        OperatingSystem.IsWindows() ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh") : "/etc/ssh");

    /// <summary>The settings as written, before tokens are replaced.</summary>
    /// <param name="alias">The host as the user named it.</param>
    /// <param name="given">What the user said beside it; comes first.</param>
    /// <param name="file">A file to read instead of the usual ones; <c>none</c> reads none; null reads the user's and the machine's.</param>
    public ConfigValues Read(string alias, ConfigValues given, string? file)
    {
        var reader = new SshConfigFile(alias, home, Environment.UserName, given);
        if (file is null)
        {
            reader.Read(Path.Join(_folder, "config"), _folder);
            reader.Read(Path.Join(systemFolder, "ssh_config"), systemFolder);
        }
        else if (file != "none")
        {
            if (!File.Exists(file)) throw SshErrors.ConfigInvalid(file, 0, "There is no such file.");
            reader.Read(file, _folder);
        }

        return given;
    }

    /// <summary>How a host is reached.</summary>
    /// <param name="alias">The host as the user named it.</param>
    /// <param name="user">The login name that the user gave, or null.</param>
    /// <param name="port">The port that the user gave, or null.</param>
    /// <param name="file">As for <see cref="Read"/>.</param>
    public HostSettings Resolve(string alias, string? user, int? port, string? file)
    {
        var given = new ConfigValues();
        if (user is not null) given.Add("user", [user]);
        if (port is not null) given.Add("port", [port.Value.ToString(CultureInfo.InvariantCulture)]);
        var values = Read(alias, given, file);
        var hostName = TokenExpansion.HostName(values.First("hostname"), alias);
        var login = values.First("user") ?? Environment.UserName;
        var number = values.First("port") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 22;
        var tokens = new TokenExpansion(new Dictionary<char, string>
        {
            ['d'] = home,
            ['h'] = hostName,
            ['k'] = values.First("hostkeyalias") ?? alias,
            ['L'] = Environment.MachineName.Split('.')[0],
            ['l'] = Environment.MachineName,
            ['n'] = alias,
            ['p'] = number.ToString(CultureInfo.InvariantCulture),
            ['r'] = login,
            ['u'] = Environment.UserName,
        });
        return new HostSettings
        {
            HostName = hostName,
            Port = number,
            User = login,
            IdentityFiles = Paths("identityfile", []),
            CertificateFiles = Paths("certificatefile", []),
            IdentitiesOnly = values.First("identitiesonly") is "yes" or "true",
            IdentityAgent = values.First("identityagent") is { } agent ? tokens.Expand(agent, home) : null,
            ProxyJump = values.First("proxyjump") is { } jumps && !jumps.Equals("none", StringComparison.OrdinalIgnoreCase) ? JumpHost.ParseList(jumps)! : [],
            UserKnownHostsFiles = Paths("userknownhostsfile", [Path.Join(_folder, "known_hosts"), Path.Join(_folder, "known_hosts2")]),
            GlobalKnownHostsFiles = Paths("globalknownhostsfile", [Path.Join(systemFolder, "ssh_known_hosts"), Path.Join(systemFolder, "ssh_known_hosts2")]),
            StrictHostKeyChecking = values.First("stricthostkeychecking")?.ToLowerInvariant() ?? "ask",
            HostKeyAlias = values.First("hostkeyalias"),
            ConnectTimeout = values.First("connecttimeout") is { } limit ? Duration(limit) : null,
        };

        IReadOnlyList<string> Paths(string keyword, string[] otherwise) =>
            values.Has(keyword) ? [.. values.All(keyword).Where(path => path != "none").Select(path => tokens.Expand(path, home))] : otherwise;
    }

    /// <summary>The key files that are offered when none are named, in OpenSSH's order.</summary>
    public IReadOnlyList<string> UsualIdentityFiles => [.. new[] { "id_rsa", "id_ecdsa", "id_ed25519" }.Select(name => Path.Join(_folder, name))];

    private static TimeSpan? Duration(string text)
    {
        var seconds = 0L;
        var digits = "";
        foreach (var letter in text.ToLowerInvariant() + "s")
        {
            if (char.IsAsciiDigit(letter) && digits.Length < 9) digits += letter;
            else if (digits.Length == 0) continue;
            else if (!Units.TryGetValue(letter, out var unit)) return null;
            else (seconds, digits) = (seconds + (long.Parse(digits, CultureInfo.InvariantCulture) * unit), "");
        }

        return seconds is > 0 and < int.MaxValue / 1000 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
