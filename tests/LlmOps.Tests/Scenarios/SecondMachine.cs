using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Scenarios;

/// <summary>
/// A rehearsal rig that is another machine to this one: in a network namespace of its own, with an address of its own from TEST-NET-2
/// (RFC 5737) on a link that can be cut; where that is not allowed, beside this machine on its loopback interface.
/// </summary>
internal sealed class SecondMachine : IDisposable
{
    private const string NamePrefix = "llmops-test-";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-machine-").FullName;
    private readonly string? _namespace;

    /// <summary>Makes it, and switches it on.</summary>
    /// <param name="speed">How many times faster than this machine's its clock runs.</param>
    /// <param name="hubRate">How many bytes a second its hub sends.</param>
    /// <param name="gpu">Its GPUs, of which it has two.</param>
    /// <param name="sshPort">The port of its SSH server; null takes any.</param>
    public SecondMachine(double speed, double hubRate, string gpu = "A40", int? sshPort = null)
    {
        try
        {
            if (CanMakeNamespaces) (_namespace, Address) = MakeNamespace();
            Simulate("create", "--folder", Folder.Path, "--gpu", gpu, "--count", "2", "--speed", Text(speed), "--rate", Text(hubRate), "--address", Address);
            if (sshPort is { } port) (SimulatedRigState.Read(Folder) with { SshPort = port }).Write(Folder);
            Simulate("start", Folder.Path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True where this test may make network namespaces.</summary>
    public static bool CanMakeNamespaces { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && CanMake($"{NamePrefix}{Environment.ProcessId}-try");

    /// <summary>What it is, in words.</summary>
    public string Kind => _namespace is null ? "this machine's loopback interface" : $"the network namespace {_namespace} at {Address}";

    /// <summary>True if it has a link of its own, which can be cut.</summary>
    public bool HasLink => _namespace is not null;

    public string Address { get; private set; } = "127.0.0.1";

    public SimulatedRigFolder Folder => new(Path.Join(_folder, "rig"));

    /// <summary>The parameters of New-GpuRig that lead there.</summary>
    public string Login => $"{Environment.UserName}@{Address}:{SimulatedRigState.Read(Folder).SshPort} -IdentityFile '{Folder.IdentityFile}' -AcceptNewHostKey -ConfigFile none";

    /// <summary>The processes that run there, the SSH server and the hub aside.</summary>
    public IReadOnlyList<ProcessIdentity> Work
    {
        get
        {
            var processes = new SimulatedRigProcesses(Folder);
            int?[] own = [processes.Find("sshd")?.Id, processes.Find("hub")?.Id];
            return [.. processes.All().Where(process => !own.Contains(process.Id))];
        }
    }

    /// <summary>How many bytes have gone over its loopback interface: what its hub has sent to it, most of all. Null where the interface is not its own.</summary>
    public long? LoopbackBytes => _namespace is null ? null : File.ReadLines($"/proc/{new SimulatedRigProcesses(Folder).Find("hub")!.Id}/net/dev")
        .Select(line => line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields[0] == "lo").Select(fields => long.Parse(fields[1], CultureInfo.InvariantCulture)).Single();

    /// <summary>Ends all its SSH sessions without a farewell; returns how many there were.</summary>
    public int KillSessions()
    {
        var sessions = new SimulatedRigProcesses(Folder).SshSessions();
        foreach (var session in sessions) SimulatedRigProcesses.Kill(session);
        return sessions.Count;
    }

    /// <summary>Cuts its link, or mends it. Nobody is told: packets get lost.</summary>
    public void SetLink(bool up) => Run("ip", "-n", _namespace!, "link", "set", "rig0", up ? "up" : "down");

    public void Dispose()
    {
        try
        {
            if (Folder.Exists) Simulate("stop", Folder.Path);
        }
        finally
        {
            if (_namespace is not null) Run("ip", "netns", "del", _namespace);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static bool CanMake(string name) => Try("ip", "netns", "add", name) && Try("ip", "netns", "del", name);

    private static (string Namespace, string Address) MakeNamespace()
    {
        RemoveLeftovers();
        var block = FreeBlock();
        var name = string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{Environment.ProcessId}-{block}");
        var here = string.Create(CultureInfo.InvariantCulture, $"llmops{block}");
        Run("ip", "netns", "add", name);
        try
        {
            Run("ip", "link", "add", here, "type", "veth", "peer", "name", "rig0", "netns", name);
            Run("ip", "address", "add", Host(1) + "/30", "dev", here);
            Run("ip", "link", "set", here, "up");
            Run("ip", "-n", name, "address", "add", Host(2) + "/30", "dev", "rig0");
            Run("ip", "-n", name, "link", "set", "lo", "up");
            Run("ip", "-n", name, "link", "set", "rig0", "up");
            return (name, Host(2));
        }
        catch
        {
            Run("ip", "netns", "del", name);
            throw;
        }

        string Host(int number) => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{(4 * block) + number}");
    }

    /// <summary>One of the 64 blocks of four addresses that nobody on this machine has, so that several test runs can be under way.</summary>
    private static int FreeBlock()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(address => address.Address.ToString()).ToHashSet();
        int[] free = [.. Enumerable.Range(0, 64).Where(block => !taken.Contains(string.Create(CultureInfo.InvariantCulture, $"198.51.100.{(4 * block) + 1}")))];
        return free[Random.Shared.Next(free.Length)];
    }

    /// <summary>Removes what a test run left that was killed.</summary>
    private static void RemoveLeftovers()
    {
        foreach (var name in Run("ip", "netns", "list").Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.StartsWith(NamePrefix, StringComparison.Ordinal)))
            if (int.TryParse(name[NamePrefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var owner) && ProcessIdentity.Of(owner) is null) Try("ip", "netns", "del", name);
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Try(string program, params string[] arguments)
    {
        try
        {
            Run(program, arguments);
            return true;
        }
        catch (Exception unable) when (unable is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }

    private void Simulate(params string[] arguments)
    {
        var simulator = Path.Join(BuiltModule.Bin, "simulator", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, "llmops-simulator");
        if (_namespace is null) Run(simulator, arguments);
        else Run("ip", ["netns", "exec", _namespace, simulator, .. arguments]);
    }
}
