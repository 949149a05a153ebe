using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace LlmOps.Benchmarks.FanOut;

/// <summary>Our side: the built module in a PowerShell session in this process.</summary>
internal sealed class RigSession : IDisposable
{
    private readonly Runspace _runspace;
    private readonly string _home;

    /// <summary>Opens a session, imports the module and attaches the rigs: the first as a user would, the others after it.</summary>
    /// <param name="farm">The rigs.</param>
    /// <param name="home">The workstation's folder, for this run only.</param>
    public RigSession(SshdFarm farm, string home)
    {
        _home = home;
        Environment.SetEnvironmentVariable("LLMOPS_HOME", home);
        Directory.CreateDirectory(home);
        File.Copy(farm.KnownHosts, Path.Join(home, "known_hosts"));
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        Invoke("param($Path) Import-Module $Path -ErrorAction Stop", ("Path", ModuleUnderTest.Manifest()));
        var first = farm.Rigs[0];
        Invoke(
            "param($Name, $Port, $Key) New-GpuRig 127.0.0.1 -Name $Name -Port $Port -UserName ([Environment]::UserName) -IdentityFile $Key -ConfigFile none",
            ("Name", first.Name), ("Port", first.Port), ("Key", farm.ClientKey));
        foreach (var rig in farm.Rigs.Skip(1))
        {
            Copy(first, rig.Name, rig.Port);
            farm.CopyRoot(first, rig);
        }
    }

    /// <summary>Makes the profile of a rig after that of another.</summary>
    public void Copy(Rig rig, string name, int port)
    {
        var profile = File.ReadAllText(Path.Join(_home, "rigs", rig.Name + ".json"));
        File.WriteAllText(
            Path.Join(_home, "rigs", name + ".json"),
            profile.Replace(rig.Name, name, StringComparison.Ordinal).Replace($"{rig.Port}", $"{port}", StringComparison.Ordinal));
    }

    /// <summary>Reads the GPUs of all rigs; fails unless all answer.</summary>
    /// <param name="expected">How many GPUs there are.</param>
    public void ReadAll(int expected)
    {
        var gpus = Invoke("Get-GpuMemory");
        if (gpus.Count != expected) throw new InvalidOperationException($"{gpus.Count} GPUs answered and not {expected}.");
    }

    /// <summary>Reads the GPUs of the named rigs and reports each as it arrives; errors are returned.</summary>
    public IReadOnlyList<ErrorRecord> Read(string[] rigs, Action<PSObject> onGpu)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddCommand("Get-GpuMemory").AddParameter("Rig", rigs);
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, added) => onGpu(output[added.Index]);
        shell.Invoke(null, output, null);
        return [.. shell.Streams.Error];
    }

    /// <summary>Ends the connections of the process, as if it were new; the code stays compiled.</summary>
    public static void CloseConnections()
    {
        var services = AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "LlmOps").GetType("LlmOps.Infrastructure.Services", throwOnError: true)!;
        var pool = (IAsyncDisposable)services.GetProperty("Connections", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        pool.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public void Dispose() => _runspace.Dispose();

    private IReadOnlyList<PSObject> Invoke(string script, params (string Name, object Value)[] parameters)
    {
        using var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (var (name, value) in parameters) shell.AddParameter(name, value);
        var output = shell.Invoke();
        return shell.HadErrors ? throw new InvalidOperationException(string.Join(Environment.NewLine, shell.Streams.Error)) : [.. output];
    }
}
