using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Uv;

/// <summary>The program <c>uv</c>, as far as setting up an engine needs it. It fetches nothing.</summary>
internal static class UvCommand
{
    public const string Version = "0.11.8";
    public const string PythonVersion = "3.12.12";

    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var words = arguments.Where(word => word is not ("--quiet" or "-q" or "--no-progress" or "--offline" or "--no-config" or "--color=never" or "--verbose" or "-v")).ToList();
        switch (words)
        {
            case ["--version" or "-V" or "version", ..]:
                await output.WriteLineAsync($"uv {Version} (x86_64-unknown-linux-gnu)").ConfigureAwait(false);
                return 0;
            case ["python", "install", .. var wanted]:
                await Console.Error.WriteLineAsync($"Installed Python {PythonVersion} in 1.84s\n + cpython-{PythonVersion}-linux-x86_64-gnu (python{wanted.FirstOrDefault() ?? "3.12"})").ConfigureAwait(false);
                return 0;
            case ["python", "find", ..]:
                await output.WriteLineAsync(Path.GetFullPath(CalledAs.Path)).ConfigureAwait(false);
                return 0;
            case ["python", "list", ..]:
                await output.WriteLineAsync($"cpython-{PythonVersion}-linux-x86_64-gnu    {Path.GetFullPath(CalledAs.Path)}").ConfigureAwait(false);
                return 0;
            case ["cache", "dir"]:
                await output.WriteLineAsync(Path.Join(Environment.GetEnvironmentVariable("HOME"), ".cache/uv")).ConfigureAwait(false);
                return 0;
            case ["venv", .. var rest]:
                return await VenvCommand.RunAsync(rest).ConfigureAwait(false);
            case ["pip", var verb, .. var rest]:
                return await new PipCommand(SimulatedMachine.OfThisProcess(), output).RunAsync(verb, rest).ConfigureAwait(false);
            default:
                await Console.Error.WriteLineAsync($"error: unrecognized subcommand '{arguments.FirstOrDefault()}'\n\nUsage: uv [OPTIONS] <COMMAND>\n\nFor more information, try '--help'.").ConfigureAwait(false);
                return 2;
        }
    }
}
