using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>Sees to it that this machine has a C compiler: Triton and torch.compile build small libraries while vLLM runs.</summary>
/// <param name="step">Runs the package manager.</param>
internal sealed class CCompiler(InstallStep step)
{
    /// <summary>What brings one on Debian and Ubuntu.</summary>
    public const string InstallCommand = "sudo apt-get update && sudo apt-get install -y gcc libc6-dev";

    /// <summary>The names by which one is looked for.</summary>
    public static readonly string[] Names = ["cc", "gcc", "clang"];

    private static readonly (string Manager, string[][] Commands)[] Managers =
    [
        ("apt-get", [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "gcc", "libc6-dev"]]),
        ("dnf", [["dnf", "install", "-y", "gcc", "glibc-devel"]]),
    ];

    /// <summary>Installs one where there is none.</summary>
    /// <param name="onLine">Told each line of the package manager.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException"><c>CompilerMissing</c> where that is not possible without a password.</exception>
    public async Task EnsureAsync(Action<string> onLine, CancellationToken cancel)
    {
        if (Environment.GetEnvironmentVariable("CC") is { Length: > 0 } || Names.Any(IsInPath)) return;
        var commands = Managers.FirstOrDefault(known => IsInPath(known.Manager)).Commands ?? throw EngineErrors.CompilerMissing();
        try
        {
            foreach (var command in commands)
            {
                string[] line = Environment.IsPrivilegedProcess ? command : ["sudo", "-n", .. command];
                var start = new ProcessStart
                {
                    FileName = line[0],
                    Arguments = line[1..],
                    Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" },
                };
                await step.RunAsync("installing a C compiler", start, onLine, cancel).ConfigureAwait(false);
            }
        }
        catch (LlmOpsException refused) when (refused.ErrorId is "EngineInstallFailed" or "ProgramNotFound")
        {
            throw EngineErrors.CompilerMissing();
        }
    }

    private static bool IsInPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Join(folder, name)));
}
