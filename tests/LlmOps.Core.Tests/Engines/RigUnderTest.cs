using System.Diagnostics;
using LlmOps.Engines;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Engines;

/// <summary>A folder that is a rig, with real agents started in it and a fake vLLM.</summary>
internal sealed class RigUnderTest : IAsyncDisposable
{
    private readonly List<(Process Process, AgentClient Client)> _agents = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-servers-").FullName;

    public RigUnderTest()
    {
        Root = Path.Join(_folder, "root");
        Bin = Path.Join(_folder, "bin");
        Directory.CreateDirectory(Bin);
        FakeVllm.Install(Root);
    }

    public string Root { get; }

    /// <summary>The first folder of the agents' PATH.</summary>
    public string Bin { get; }

    public string Starts => Path.Join(_folder, "starts");

    public int WorkerId => int.Parse(File.ReadAllText(Starts + ".worker"));

    public int StartCount => File.ReadLines(Starts).Count();

    public AgentClient Agent => _agents.Count > 0 ? _agents[^1].Client : NewAgent();

    public AgentClient NewAgent(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Join(AppContext.BaseDirectory, "llmops-agent"), ["serve"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["LLMOPS_ROOT"] = Root;
        start.Environment["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var client = new AgentClient(process.StandardOutput.BaseStream, process.StandardInput.BaseStream, "rig", TimeProvider.System);
        _agents.Add((process, client));
        return client;
    }

    public void KillAgents()
    {
        foreach (var (process, _) in _agents) process.Kill();
        _agents.Clear();
    }

    public void AddProgram(string name, string script) => Executable.Write(Path.Join(Bin, name), script);

    public ServerStartArgs Wish(string mode = "", string name = "s", params (string Name, string Value)[] environment) => new()
    {
        Ticket = Guid.NewGuid().ToString(),
        Name = name,
        Model = "Qwen/Qwen2.5-7B-Instruct",
        Environment = new Dictionary<string, string>(environment.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))) { ["FAKE_MODE"] = mode, ["FAKE_STARTS"] = Starts },
    };

    public Task<LlmServer> StartAsync(ServerStartArgs wish) => Agent.InvokeAsync(ServerOperations.Start, wish, null, CancellationToken.None);

    public async Task<LlmServer> WaitAsync(string name = "s", List<EngineProgress>? seen = null) => (await OutcomeAsync(name, seen)).Server;

    public Task<ServerOutcome> OutcomeAsync(string name = "s", List<EngineProgress>? seen = null) =>
        Agent.InvokeAsync(ServerOperations.Wait, new ServerReference(name), progress => { seen?.Add(progress); return ValueTask.CompletedTask; }, CancellationToken.None);

    public Task<LlmServer> GetAsync(string name = "s") => Agent.InvokeAsync(ServerOperations.Get, new ServerReference(name), null, CancellationToken.None);

    public Task<LlmServer> StopAsync(int drain = 5, string name = "s") =>
        Agent.InvokeAsync(ServerOperations.Stop, new ServerStopArgs(name, null, drain), null, CancellationToken.None);

    public async Task<List<string>> LogAsync(ServerLogArgs args)
    {
        var lines = new List<string>();
        await Agent.InvokeAsync(ServerOperations.Log, args, item => { lines.AddRange(item.Lines); return ValueTask.CompletedTask; }, CancellationToken.None);
        return lines;
    }

    /// <summary>The processes of the rig that live: agents, supervisors, engines, workers.</summary>
    public IReadOnlyList<int> Supervisors() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(pid => CommandLine(pid).Contains($"supervise\0{Root}"))];

    public static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    public static bool Lives(int pid) => LlmOps.Processes.ProcessTable.StartOf(pid) is not null;

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var server in await Agent.InvokeAsync(ServerOperations.List, Nothing.Value, null, CancellationToken.None))
                await StopAsync(0, server.Name);
        }
        finally
        {
            foreach (var (process, client) in _agents)
            {
                await client.DisposeAsync();
                process.Kill();
            }

            Directory.Delete(_folder, recursive: true);
        }
    }
}
