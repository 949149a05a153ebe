using System.Globalization;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>The command line of nvidia-smi.</summary>
internal sealed class NvidiaSmiOptions
{
    public IReadOnlyList<string>? QueryGpu { get; private set; }

    public IReadOnlyList<string>? QueryApps { get; private set; }

    public bool NoHeader { get; private set; }

    public bool NoUnits { get; private set; }

    public bool Csv { get; private set; }

    public bool List { get; private set; }

    public bool Query { get; private set; }

    public bool Xml { get; private set; }

    public bool Topology { get; private set; }

    public bool Peers { get; private set; }

    public bool Version { get; private set; }

    public IReadOnlyList<string> Gpus { get; private set; } = [];

    /// <summary>The pause between two readings of a loop.</summary>
    public TimeSpan? Interval { get; private set; }

    /// <summary>What is wrong with the command line, or null.</summary>
    public string? Error { get; private set; }

    public static NvidiaSmiOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new NvidiaSmiOptions();
        for (var at = 0; at < arguments.Count && options.Error is null; at++)
        {
            var (name, value) = arguments[at].IndexOf('=') is var equals && equals > 0 && arguments[at].StartsWith('-')
                ? (arguments[at][..equals], arguments[at][(equals + 1)..])
                : (arguments[at], null);
            string Value() => value ?? (at + 1 < arguments.Count ? arguments[++at] : "");
            bool HasNumber() => value is not null || (at + 1 < arguments.Count && int.TryParse(arguments[at + 1], out _));
            switch (name)
            {
                case "topo": options.Topology = true; break;
                case "-m" or "--matrix" when options.Topology: break;
                case "-p2p" when options.Topology: options.Peers = Value() == "r"; break;
                case "-L" or "--list-gpus": options.List = true; break;
                case "-q" or "--query": options.Query = true; break;
                case "-x" or "--xml-format": options.Xml = true; break;
                case "--version": options.Version = true; break;
                case "-i" or "--id": options.Gpus = Value().Split(',', StringSplitOptions.TrimEntries); break;
                case "--query-gpu": options.QueryGpu = Value().Split(',', StringSplitOptions.TrimEntries); break;
                case "--query-compute-apps" or "--query-apps": options.QueryApps = Value().Split(',', StringSplitOptions.TrimEntries); break;
                case "--format": options.Format(Value()); break;
                case "-l" or "--loop": options.Interval = TimeSpan.FromSeconds(HasNumber() ? Number(Value()) : 5); break;
                case "-lms" or "--loop-ms": options.Interval = TimeSpan.FromMilliseconds(HasNumber() ? Number(Value()) : 5000); break;
                default: options.Error = $"Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n"; break;
            }
        }

        if (options.Error is null && (options.QueryGpu ?? options.QueryApps) is not null && !options.Csv) options.Error = "\"--format=\" is missing\n";
        return options;
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? Math.Max(1, number) : 5;

    private void Format(string formats)
    {
        foreach (var format in formats.Split(',', StringSplitOptions.TrimEntries))
            switch (format)
            {
                case "csv": Csv = true; break;
                case "noheader": NoHeader = true; break;
                case "nounits": NoUnits = true; break;
                default: Error = $"Unrecognized format option \"{format}\"\n"; break;
            }
    }
}
