namespace LlmOps.Host;

/// <summary>What to run.</summary>
/// <param name="File">The script, or null.</param>
/// <param name="Command">The text, or null.</param>
/// <param name="Arguments">What the script is given.</param>
internal sealed record HostOptions(string? File, string? Command, IReadOnlyList<string> Arguments)
{
    public const string Usage = """
        llmops-host [-NoProfile] [-NonInteractive] [-File] script.ps1 [arguments]
        llmops-host [-NoProfile] [-NonInteractive] -Command text
        LLMOPS_MODULE names the LlmOps.psd1 to import where it is not beside or above this program or the current folder.
        """;

    /// <summary>True if nobody is to be asked.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>Reads a command line as pwsh does; null if it makes no sense.</summary>
    /// <param name="arguments">The command line.</param>
    public static HostOptions? Parse(IReadOnlyList<string> arguments)
    {
        var nonInteractive = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            var rest = arguments.Skip(i + 1).ToList();
            switch (arguments[i].ToUpperInvariant())
            {
                case "-NOPROFILE" or "-NOLOGO":
                    break;
                case "-NONINTERACTIVE":
                    nonInteractive = true;
                    break;
                case "-COMMAND" or "-C":
                    return rest.Count == 0 ? null : new HostOptions(null, string.Join(' ', rest), []) { NonInteractive = nonInteractive };
                case "-FILE" or "-F":
                    return rest.Count == 0 ? null : new HostOptions(rest[0], null, rest[1..]) { NonInteractive = nonInteractive };
                case ['-', ..]:
                    return null;
                default:
                    return new HostOptions(arguments[i], null, rest) { NonInteractive = nonInteractive };
            }
        }

        return null;
    }
}
