using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LlmOps.TestServers;

/// <summary>A real sshd of this test's own: own configuration, host keys and authorized keys in a temporary folder, on loopback and a free port.</summary>
public sealed class SshdFixture : IDisposable
{
    private const string LoginHome = "login";
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int SigContinue = 18;
    private const string Sshd = "/usr/sbin/sshd";

    private Process? _server;

    public SshdFixture()
        : this([])
    {
    }

    private SshdFixture(string[] configuration)
    {
        Folder = Directory.CreateTempSubdirectory("llmops-sshd-").FullName;
        HostKey = NewKey("host_ed25519");
        ClientKey = NewKey("client_ed25519");
        Authorize(ClientKey);
        Directory.CreateDirectory(PathOf(LoginHome));
        Start(configuration);
    }

    /// <summary>Starts one with lines of configuration that go before the usual ones.</summary>
    public static SshdFixture With(params string[] configuration) => new(configuration);

    public static bool IsInstalled => File.Exists(Sshd);

    public string Folder { get; }

    public int Port { get; private set; }

    public string UserName => Environment.UserName;

    /// <summary>The private host key; its public half lies beside it.</summary>
    public string HostKey { get; private set; }

    /// <summary>A private key that the server lets in, without passphrase.</summary>
    public string ClientKey { get; }

    /// <summary>A path in the server's folder.</summary>
    public string PathOf(string name) => Path.Join(Folder, name);

    /// <summary>The line of known_hosts for this server.</summary>
    public string KnownHostsLine => $"[127.0.0.1]:{Port} {string.Join(' ', File.ReadAllText(HostKey + ".pub").Split(' ').Take(2)).Trim()}";

    /// <summary>A known_hosts file that knows this server.</summary>
    public string KnownHosts
    {
        get
        {
            File.WriteAllText(PathOf("known_hosts"), KnownHostsLine + "\n");
            return PathOf("known_hosts");
        }
    }

    /// <summary>Makes a key pair; returns the private key's path.</summary>
    public string NewKey(string name, string type = "ed25519", string passphrase = "", params string[] options)
    {
        Run("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", name, "-f", PathOf(name), .. options]);
        return PathOf(name);
    }

    /// <summary>Lets a key in, or what an authorized_keys line says.</summary>
    public void Authorize(string keyOrLine) =>
        File.AppendAllText(PathOf("authorized_keys"), (File.Exists(keyOrLine + ".pub") ? File.ReadAllText(keyOrLine + ".pub").TrimEnd() : keyOrLine) + "\n");

    /// <summary>Starts the server, on the same port as before if it ran.</summary>
    public void Start(params string[] configuration)
    {
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        if (Port == 0) Port = FreePort();
        if (configuration.Length > 0 || !File.Exists(PathOf("sshd_config")))
        {
            File.WriteAllLines(PathOf("sshd_config"), [
                "MaxStartups 500", // of this keyword the last value counts, of the others the first
                .. configuration,
                $"SetEnv HOME={PathOf(LoginHome)}", // a shell that is killed could leave the locks of this user's own start-up files behind
                $"Port {Port}",
                "ListenAddress 127.0.0.1",
                $"HostKey {HostKey}",
                $"AuthorizedKeysFile {PathOf("authorized_keys")}",
                $"PidFile {PathOf("sshd.pid")}",
                "StrictModes no",
                "UsePAM no",
                "PermitRootLogin yes",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "MaxSessions 200",
                "LogLevel VERBOSE",
            ]);
        }

        _server = Process.Start(new ProcessStartInfo(Launcher ?? Sshd)
        {
            ArgumentList = { "-D", "-E", PathOf("sshd.log"), "-f", PathOf("sshd_config") },
            RedirectStandardError = true,
        })!;
        for (var deadline = Stopwatch.StartNew(); !Answers();)
        {
            if (_server.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException($"sshd does not start: {_server.StandardError.ReadToEnd()} {(File.Exists(PathOf("sshd.log")) ? File.ReadAllText(PathOf("sshd.log")) : "")}");
            Thread.Sleep(20);
        }
    }

    /// <summary>A program that starts sshd with the arguments it gets, for tests that need it in a namespace of its own.</summary>
    public string? Launcher { get; set; }

    /// <summary>Ends the listener; sessions live on.</summary>
    public void Stop()
    {
        if (_server is null) return;
        _ = kill(_server.Id, SigKill);
        _server.WaitForExit();
        _server = null;
    }

    /// <summary>Ends the listener and every session, without a farewell.</summary>
    public void StopAll()
    {
        if (_server is null) return;
        var sessions = ProcessTree.Below(_server.Id).Skip(1).ToList();
        Stop();
        foreach (var id in sessions) _ = kill(id, SigKill);
    }

    /// <summary>Takes another port at the next start.</summary>
    public void MoveToAnotherPort()
    {
        var before = Port;
        Port = FreePort();
        File.WriteAllText(PathOf("sshd_config"), File.ReadAllText(PathOf("sshd_config")).Replace($"Port {before}\n", $"Port {Port}\n", StringComparison.Ordinal));
    }

    /// <summary>Ends every session, without a farewell.</summary>
    public void KillSessions() => SignalSessions(SigKill);

    /// <summary>Makes every session hang.</summary>
    public void FreezeSessions() => SignalSessions(SigStop);

    /// <summary>Lets every session go on.</summary>
    public void ThawSessions() => SignalSessions(SigContinue);

    public void Dispose()
    {
        SignalSessions(SigKill);
        Stop();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a program to its end; returns what it wrote.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {error.Result}");
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void SignalSessions(int signal)
    {
        if (_server is null) return;
        foreach (var id in ProcessTree.Below(_server.Id).Skip(1)) _ = kill(id, signal);
    }
}
