using LlmOps.Simulator.Commands;
using LlmOps.Simulator.Hf;
using LlmOps.Simulator.Machine;
using LlmOps.Simulator.NvidiaSmi;
using LlmOps.Simulator.Python;
using LlmOps.Simulator.Tools;
using LlmOps.Simulator.Uv;
using LlmOps.Simulator.Vllm;

namespace LlmOps.Simulator;

/// <summary>Plays the program by whose name it is called.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var stream = StandardOutput.Open();
        var output = new StreamWriter(stream);
        try
        {
            var code = await RunAsync(CalledAs.Name, arguments, output).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            return code;
        }
        catch (LlmOpsException failure)
        {
            await Console.Error.WriteLineAsync($"{CalledAs.Name}: {failure.Message} {failure.RecommendedAction}").ConfigureAwait(false);
            return 1;
        }
        catch (IOException)
        {
            return 141; // the reader of our output has gone: what SIGPIPE does to a real program
        }
    }

    private static Task<int> RunAsync(string name, string[] arguments, TextWriter output) => (name, arguments) switch
    {
        ("nvidia-smi", _) => NvidiaSmiCommand.RunAsync(arguments, output),
        ("df", _) => SystemTools.DiskFreeAsync(arguments, output),
        ("free", _) => SystemTools.FreeAsync(output),
        ("cc" or "gcc" or "clang", _) => SystemTools.CompilerAsync(name, arguments, output),
        ("uv", _) => UvCommand.RunAsync(arguments, output),
        ("hf", _) => HfCommand.RunAsync(arguments, output),
        ("vllm", _) => VllmCommand.RunAsync(arguments, output),
        (_, ["worker", var owner, var title, var gpu]) => WorkerProcess.RunAsync(owner, title, gpu),
        _ when name.StartsWith("python", StringComparison.Ordinal) => PythonCommand.RunAsync(arguments, output),
        (_, ["create", .. var rest]) => RigCommands.CreateAsync(rest, output),
        (_, ["start", var folder]) => RigCommands.StartAsync(folder, output),
        (_, ["stop", var folder]) => RigCommands.StopAsync(folder),
        (_, ["hub", var folder]) => HubCommand.RunAsync(folder),
        _ => UsageAsync(output),
    };

    private static async Task<int> UsageAsync(TextWriter output)
    {
        await output.WriteLineAsync(RigCommands.Usage).ConfigureAwait(false);
        return 64;
    }
}
