using System.Globalization;
using LlmOps.Rigs.Facts;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether a server may have enough files and connections open.</summary>
internal sealed class OpenFilesCheck : IRigCheck
{
    private const int Few = 4096;
    private const int TooFew = 1024;

    public string Name => "OpenFiles";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        const string source = "/proc/self/limits";
        if (!File.Exists(source) || File.ReadLines(source).FirstOrDefault(line => line.StartsWith(SystemFacts.OpenFiles, StringComparison.Ordinal)) is not { } line) return Task.FromResult<Finding?>(null);
        var fields = line[SystemFacts.OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2) return Task.FromResult<Finding?>(null);

        // A program may raise its soft limit up to the hard one, and vLLM does.
        var hard = fields[1] == "unlimited" ? long.MaxValue : long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
        const string remedy = "Raise it: in a container docker run --ulimit nofile=65535; else in /etc/security/limits.conf or the service's LimitNOFILE.";
        return (hard < TooFew ? Finding.Fail($"A program may have {hard} files open; each connection is one.", line, remedy)
            : hard < Few ? Finding.Warn($"A program may have {hard} files open; each connection is one.", line, remedy)
            : Finding.Pass($"{fields[0]}, and up to {fields[1]} where a program asks for it.", line)).AsTask();
    }
}
