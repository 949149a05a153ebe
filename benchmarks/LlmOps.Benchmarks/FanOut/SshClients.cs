namespace LlmOps.Benchmarks.FanOut;

/// <summary>OpenSSH's side: one <c>ssh</c> a rig, all at once, started by one shell script as a person would.</summary>
internal sealed class SshClients : IDisposable
{
    private readonly SshdFarm _farm;
    private readonly string _folder;

    public SshClients(SshdFarm farm, string folder)
    {
        _farm = farm;
        _folder = Directory.CreateDirectory(Path.Join(folder, "ssh")).FullName;
        var one = $"nvidia-smi {FakeNvidiaSmi.GpuQuery}";
        var both = $"{one}; nvidia-smi {FakeNvidiaSmi.ProcessQuery}";
        Write("fresh-one", "-o ControlPath=none", one);
        Write("fresh-both", "-o ControlPath=none", both);
        Write("open-one", "-S {socket}", one);
        Write("open-both", "-S {socket}", both);
    }

    /// <summary>Opens a ControlMaster to each rig.</summary>
    public void OpenMasters()
    {
        foreach (var rig in _farm.Rigs) Shell.Run("ssh", [.. Options(rig).Split(' '), "-M", "-S", Socket(rig), "-f", "-N", $"{Environment.UserName}@127.0.0.1"]);
    }

    /// <summary>Asks all rigs at once and checks every answer.</summary>
    /// <param name="connections"><c>open</c> or <c>fresh</c>.</param>
    /// <param name="queries"><c>one</c> or <c>both</c>.</param>
    public void Ask(string connections, string queries)
    {
        Shell.Run("/bin/sh", Path.Join(_folder, $"{connections}-{queries}.sh"));
    }

    /// <summary>Fails unless each rig's answer of the last round is whole.</summary>
    public void Check(string queries)
    {
        var lines = FakeNvidiaSmi.Gpus + (queries == "both" ? 1 : 0);
        foreach (var rig in _farm.Rigs)
            if (File.ReadAllLines(Answer(rig)).Length != lines) throw new InvalidOperationException($"ssh got no answer from {rig.Name}.");
    }

    public void Dispose()
    {
        foreach (var rig in _farm.Rigs.Where(rig => File.Exists(Socket(rig)))) Shell.Run("ssh", "-S", Socket(rig), "-O", "exit", "127.0.0.1");
    }

    private void Write(string name, string connection, string command) =>
        Shell.WriteScript(Path.Join(_folder, name + ".sh"), string.Concat(_farm.Rigs.Select(rig =>
            $"ssh {Options(rig)} {connection.Replace("{socket}", Socket(rig), StringComparison.Ordinal)} {Environment.UserName}@127.0.0.1 '{command}' > {Answer(rig)} &\n")) + "wait\n");

    private string Options(Rig rig) => $"-F none -n -T -i {_farm.ClientKey} -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile={_farm.KnownHosts} -p {rig.Port}";

    private string Socket(Rig rig) => Path.Join(_folder, rig.Name);

    private string Answer(Rig rig) => Path.Join(_folder, rig.Name + ".out");
}
