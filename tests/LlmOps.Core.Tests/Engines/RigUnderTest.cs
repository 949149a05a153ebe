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

    /// <summary>Gives the rig two GPUs, and a file whose lines are the processes that hold their memory.</summary>
    public void AddGpus(string holders, string driver = "580.95.05") => AddProgram("nvidia-smi", $$"""
        #!/usr/bin/python3
        import os, sys
        query = sys.argv[1]
        fields = query.split("=")[1].split(",") if "=" in query else []
        known = {"name": "NVIDIA A40", "driver_version": "{{driver}}", "memory.total": "46068", "memory.used": "0", "memory.free": "45000", "mig.mode.current": "[N/A]"}
        if query.startswith("--query-gpu"):
            for i in (0, 1): print(", ".join(known.get(f, {"index": str(i), "uuid": "GPU-%d" % i}.get(f, "[N/A]")) for f in fields))
        elif query.startswith("--query-compute-apps"):
            with open("{{holders}}.asked", "a") as f: f.write("x\n")
            if os.path.exists("{{holders}}"):
                for pid in open("{{holders}}").read().split(): print(", ".join({"pid": pid, "gpu_uuid": "GPU-0", "used_memory": "1", "used_gpu_memory": "1", "process_name": "p"}.get(f, "[N/A]") for f in fields))
        """);

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
