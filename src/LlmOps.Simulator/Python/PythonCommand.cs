using LlmOps.Simulator.Machine;
using LlmOps.Simulator.Uv;
using LlmOps.Simulator.Vllm;

namespace LlmOps.Simulator.Python;

/// <summary>The <c>python</c> of an environment that uv made: it knows its version, its packages and how to start vLLM.</summary>
internal static class PythonCommand
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var environment = InstalledPackages.EnvironmentOf(CalledAs.Path);
        switch (arguments)
        {
            case ["--version" or "-V"]:
                await output.WriteLineAsync($"Python {UvCommand.PythonVersion}").ConfigureAwait(false);
                return 0;
            case ["-c", var code] when code.Contains("vllm", StringComparison.Ordinal):
                if (environment is not null && new InstalledPackages(environment).VersionOf("vllm") is { } version)
                {
                    await output.WriteLineAsync(version).ConfigureAwait(false);
                    return 0;
                }

                await Console.Error.WriteLineAsync("Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\nModuleNotFoundError: No module named 'vllm'").ConfigureAwait(false);
                return 1;
            case ["-c", var code] when code.Contains("Python.h", StringComparison.Ordinal):
                await output.WriteLineAsync($"{(SimulatedMachine.OfThisProcess().HasFault("NoPythonHeaders") ? "False" : "True")} /usr/include/python3.12/Python.h").ConfigureAwait(false);
                return 0;
            case ["-c", var code, var rank, var world, ..] when code.Contains("all_reduce", StringComparison.Ordinal):
                return await CollectiveProgram.RunAsync(SimulatedMachine.OfThisProcess(), rank, int.Parse(world, System.Globalization.CultureInfo.InvariantCulture), output).ConfigureAwait(false);
            case ["-c", ..]:
                return 0;
            case ["-m", "vllm.entrypoints.cli.main", .. var rest]:
                return await VllmCommand.RunAsync(rest, output).ConfigureAwait(false);
            default:
                await Console.Error.WriteLineAsync($"python: can't open file '{arguments.FirstOrDefault()}': [Errno 2] No such file or directory").ConfigureAwait(false);
                return 2;
        }
    }
}
