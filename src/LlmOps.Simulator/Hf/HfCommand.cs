using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Hf;

/// <summary>The program <c>hf</c>: its version and who is logged in. Models come to a rig through its hub.</summary>
internal static class HfCommand
{
    private const string Version = "1.28.0";

    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        switch (arguments)
        {
            case ["version"]:
                await output.WriteLineAsync(Version).ConfigureAwait(false);
                return 0;
            case ["--version"]:
                await output.WriteLineAsync($"huggingface_hub version: {Version}").ConfigureAwait(false);
                return 0;
            case ["auth", "whoami"]:
                await output.WriteLineAsync(Environment.GetEnvironmentVariable("HF_TOKEN") is { Length: > 0 } ? "rehearsal" : "Not logged in").ConfigureAwait(false);
                return 0;
            case ["env"]:
                await output.WriteLineAsync($"- huggingface_hub version: {Version}\n- ENDPOINT: {Environment.GetEnvironmentVariable("HF_ENDPOINT")}\n- HF_HUB_CACHE: {Path.Join(SimulatedMachine.OfThisProcess().Folder.Home, ".cache/huggingface/hub")}").ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync($"Error: No such command '{arguments.FirstOrDefault()}'.").ConfigureAwait(false);
                return 2;
        }
    }
}
