using LlmOps.Processes;
using LlmOps.Protocol;

namespace LlmOps.Tests.Gpus;

/// <summary>A real agent in a process of its own, whose PATH holds only a folder with the tools that a test writes, and the system's shell.</summary>
internal sealed class AgentWithTools : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-gpu-").FullName;
    private readonly RunningProcess _process;

    public AgentWithTools()
    {
        _process = RunningProcess.Start(new ProcessStart
        {
            FileName = Environment.ProcessPath!,
            Arguments = [Path.Join(AppContext.BaseDirectory, "llmops-agent.dll"), "serve"],
            Environment = new Dictionary<string, string?>
            {
                ["PATH"] = _folder,
                ["HF_HUB_CACHE"] = PathOf("models"),
                ["LLMOPS_ROOT"] = PathOf("root"),
                ["HF_ENDPOINT"] = "http://me:secret@127.0.0.1:9",
            },
        });
        Client = new AgentClient(_process.StandardOutput!, _process.StandardInput!, "test", TimeProvider.System);
    }

    public AgentClient Client { get; }

    public string PathOf(string name) => Path.Join(_folder, name);

    /// <summary>Writes a program in the language of the shell.</summary>
    public void Tool(string name, string script)
    {
        File.WriteAllText(PathOf(name), $"#!/bin/sh\nPATH=/usr/bin:/bin\nhere={_folder}\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>An nvidia-smi that answers as that of a busy machine with two H200.</summary>
    public void NvidiaSmi(string before = "")
    {
        foreach (var name in new[] { "h200x2-q.xml", "h200x2-topo.txt" }) File.WriteAllText(PathOf(name), Recording.Read(name));
        File.WriteAllText(PathOf("apps"), Recording.Section("h200x2-busy.txt", "apps"));
        Tool("nvidia-smi", $$"""
            echo "$*" >> $here/calls
            {{before}}
            case "$1" in
            --query-gpu=uuid,compute_cap) echo "GPU-5a42a730-3b10-43c7-c5fd-7180830df355, 9.0"; echo "GPU-3c745cfa-954a-30ea-191a-3ace59499fa5, 9.0" ;;
            --query-gpu=index,uuid,name,mig.mode.current,memory.total,memory.used,memory.free,utilization.gpu,temperature.gpu,power.draw,power.limit)
                echo "0, GPU-5a42a730-3b10-43c7-c5fd-7180830df355, NVIDIA H200, Disabled, 143771, 37875, 105282, 97, 57, 691.09, 700.00"
                echo "1, GPU-3c745cfa-954a-30ea-191a-3ace59499fa5, NVIDIA H200, Disabled, 143771, 93171, 49986, 97, 63, 690.75, 700.00" ;;
            --query-compute-apps=gpu_uuid,pid,process_name,used_memory) cat $here/apps ;;
            -q) cat $here/h200x2-q.xml ;;
            topo) cat $here/h200x2-topo.txt ;;
            *) echo "Field \"$1\" is not a valid field to query."; exit 2 ;;
            esac
            """);
    }

    public IReadOnlyList<string> Calls() => File.Exists(PathOf("calls")) ? File.ReadAllLines(PathOf("calls")) : [];

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _process.DisposeAsync();
        await _process.Exited;
        Directory.Delete(_folder, recursive: true);
    }
}
