using LlmOps.Simulator.Machine;
using LlmOps.Simulator.Uv;

namespace LlmOps.Simulator.Vllm;

/// <summary>The program <c>vllm</c>.</summary>
internal static class VllmCommand
{
    private const int UsageError = 2;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var environment = InstalledPackages.EnvironmentOf(CalledAs.Path);
        var version = environment is null ? null : new InstalledPackages(environment).VersionOf("vllm");
        switch (arguments)
        {
            case ["--version" or "-v"]:
                await output.WriteLineAsync(version ?? InstalledPackages.LatestVllm).ConfigureAwait(false);
                return 0;
            case ["serve", .. var rest]:
                var parsed = ServeArguments.Parse(rest);
                if (parsed.Error is null)
                    return await new VllmServer(SimulatedMachine.OfThisProcess(), parsed, version ?? InstalledPackages.LatestVllm, output).RunAsync().ConfigureAwait(false);
                await Console.Error.WriteAsync(parsed.Error).ConfigureAwait(false);
                return UsageError;
            default:
                await Console.Error.WriteLineAsync($"usage: vllm [-h] [-v] {{chat,complete,serve,launch,bench,collect-env,run-batch}} ...\nvllm: error: argument subparser: invalid choice: '{arguments.FirstOrDefault()}' (choose from chat, complete, serve, launch, bench, collect-env, run-batch)").ConfigureAwait(false);
                return UsageError;
        }
    }
}
