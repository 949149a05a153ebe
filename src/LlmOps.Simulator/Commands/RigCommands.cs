using System.Globalization;
using System.Net;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Commands;

/// <summary>The simulator's own verbs: make a rig, switch it on and off.</summary>
internal static class RigCommands
{
    public const string Usage = """
        usage: llmops-simulator create --folder FOLDER --gpu MODEL [--count N] [--speed X] [--fault NAME[:SECONDS]]... [--rate BYTES_PER_SECOND] [--address IP]
               llmops-simulator start FOLDER     starts the rig's model hub and SSH server
               llmops-simulator stop FOLDER      ends every process of the rig
               llmops-simulator hub FOLDER       runs the rig's model hub in the foreground
        """;

    public static async Task<int> CreateAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        var faults = new List<string>();
        var values = new Dictionary<string, string>();
        for (var at = 0; at + 1 < arguments.Count; at += 2)
            if (arguments[at] == "--fault") faults.Add(arguments[at + 1]);
            else values[arguments[at]] = arguments[at + 1];
        if (!values.TryGetValue("--folder", out var path) || !values.TryGetValue("--gpu", out var gpu))
        {
            await output.WriteLineAsync(Usage).ConfigureAwait(false);
            return 64;
        }

        var folder = new SimulatedRigFolder(path);
        SimulatedRigBuilder.Build(folder, new SimulatedRigState
        {
            Name = Path.GetFileName(folder.Path),
            Gpu = gpu,
            GpuCount = int.Parse(values.GetValueOrDefault("--count", "1"), CultureInfo.InvariantCulture),
            Speed = double.Parse(values.GetValueOrDefault("--speed", "1"), CultureInfo.InvariantCulture),
            Fault = faults,
            Simulator = Environment.ProcessPath!,
            HubPort = LoopbackPort.Choose(),
            HubRate = values.TryGetValue("--rate", out var rate) ? double.Parse(rate, CultureInfo.InvariantCulture) : null,
            Address = IPAddress.Parse(values.GetValueOrDefault("--address", "127.0.0.1")).ToString(),
        });
        await output.WriteLineAsync($"created {folder.Path}").ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> StartAsync(string path, TextWriter output)
    {
        var folder = new SimulatedRigFolder(path);
        var state = await new SimulatedRigPower(folder, TimeProvider.System).StartAsync(CancellationToken.None).ConfigureAwait(false);
        var hub = await File.ReadAllTextAsync(folder.HubAddress).ConfigureAwait(false);
        await output.WriteLineAsync($"hub {hub}").ConfigureAwait(false);
        await output.WriteLineAsync(state.SshPort is { } port
            ? $"ssh -F none -i {folder.IdentityFile} -o UserKnownHostsFile={folder.KnownHosts} -p {port} {Environment.UserName}@{state.Address}"
            : folder.Login).ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> StopAsync(string path)
    {
        await new SimulatedRigPower(new SimulatedRigFolder(path), TimeProvider.System).StopAsync(CancellationToken.None).ConfigureAwait(false);
        return 0;
    }
}
