using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LlmOps.Rigs;
using LlmOps.TestServers;

namespace LlmOps.Tests.Faults;

/// <summary>A session with a simulated rig that has an engine and a model, an SSH server that is not a rig yet, and things to stumble over.</summary>
public sealed class FaultFixture : IDisposable
{
    private const string Model = "Qwen/Qwen2.5-0.5B-Instruct";

    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, string> _names;

    public FaultFixture()
    {
        Good = new FaultyRig(Session.Invoke("New-GpuRig -Simulated -Name good -Gpu A40 -GpuCount 4 -Speed 500").NoErrors().Single<GpuRig>());
        Session.Invoke("Initialize-GpuRig good").NoErrors();
        var model = Session.Invoke($"Get-HfModel {Model} -Rig good").NoErrors().Single<Hub.HfModel>();
        _silent.Start(); // connects and says nothing
        _names = new Dictionary<string, string>
        {
            ["model"] = model.Path,
            ["sshd"] = $"{Sshd.UserName}@127.0.0.1:{Sshd.Port}",
            ["silent"] = Text(((IPEndPoint)_silent.LocalEndpoint).Port),
            ["closed"] = Text(ClosedPort()),
            ["user"] = Sshd.UserName,
            ["key"] = Sshd.ClientKey,
            ["stranger"] = Sshd.NewKey("stranger"),
            ["sealed"] = Sshd.NewKey("sealed", passphrase: "not this one"),
            ["config"] = Config("config", Sshd.KnownHosts),
            ["changed"] = Config("changed", KnownHostsOf(Sshd.NewKey("other_host"))),
            ["empty"] = Config("empty", Sshd.PathOf("no_known_hosts")),
        };
    }

    public Session Session { get; } = new();

    public SshdFixture Sshd { get; } = new();

    public FaultyRig Good { get; }

    /// <summary>Puts what exists only in this run in place of names in braces.</summary>
    public string Expand(string text) => _names.Aggregate(text, (known, name) => known.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal));

    /// <summary>What a failed command must leave as it was, here and on the rig.</summary>
    public IReadOnlyList<string> Everything() =>
    [
        .. Directory.EnumerateFileSystemEntries(Session.Home).Order(StringComparer.Ordinal),
        .. Directory.EnumerateFileSystemEntries(Path.Join(Session.Home, "rigs")).Order(StringComparer.Ordinal),
        .. Good.Contents(),
        .. Session.Invoke("Get-LlmTunnel").Output.Select(tunnel => tunnel.ToString()),
    ];

    public void Dispose()
    {
        Good.Become();
        Session.Invoke("Get-GpuRig | Remove-GpuRig -Confirm:$false").NoErrors();
        _silent.Dispose();
        Sshd.Dispose();
        Session.Dispose();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string KnownHostsOf(string key)
    {
        var path = key + ".known_hosts";
        File.WriteAllText(path, $"[127.0.0.1]:{Sshd.Port} {string.Join(' ', File.ReadAllText(key + ".pub").Split(' ').Take(2))}\n");
        return path;
    }

    private string Config(string name, string knownHosts)
    {
        var path = Sshd.PathOf(name + ".ssh_config");
        File.WriteAllText(path, $"Host *\n  IdentitiesOnly yes\n  ConnectTimeout 2\n  UserKnownHostsFile {knownHosts}\n");
        return path;
    }
}

/// <summary>One fixture for all tests that need it.</summary>
[CollectionDefinition(Name)]
public sealed class FaultCollection : ICollectionFixture<FaultFixture>
{
    public const string Name = "faults";
}
