using System.Net;
using System.Net.Sockets;
using System.Text;
using LlmOps.Processes;

namespace LlmOps.Rigs.Simulation;

/// <summary>The SSH server of a rehearsal rig: the machine's own sshd with the rig's settings, keys and one port.</summary>
/// <param name="folder">The rig's folder.</param>
/// <param name="address">The address of this machine that it listens on.</param>
internal sealed class SimulatedSshServer(SimulatedRigFolder folder, IPAddress address)
{
    private static readonly string[] SshdPlaces = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd", "/usr/bin/sshd"];
    private static readonly string[] SftpPlaces = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"];
    private static readonly string[] KeygenPlaces = ["/usr/bin/ssh-keygen", "/usr/local/bin/ssh-keygen", "/bin/ssh-keygen"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    private string HostKey => Path.Join(folder.Sshd, "ssh_host_ed25519_key");

    private string Log => Path.Join(folder.Sshd, "log");

    /// <summary>True where the machine has what it takes.</summary>
    public static bool IsAvailable => SshdPlaces.Any(File.Exists) && KeygenPlaces.Any(File.Exists);

    /// <summary>Starts it on the port, or on another one if that is taken; returns the port.</summary>
    public async Task<int> StartAsync(int port, CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows()) throw SimulatorErrors.PlatformUnsupported();
        Directory.CreateDirectory(folder.Sshd, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await MakeKeyAsync(HostKey, cancel).ConfigureAwait(false);
        await MakeKeyAsync(folder.IdentityFile, cancel).ConfigureAwait(false);
        File.Copy(folder.IdentityFile + ".pub", Path.Join(folder.Sshd, "authorized_keys"), overwrite: true);
        for (var attempt = 0; ; attempt++)
        {
            if (!LoopbackPort.IsFree(port, address)) port = LoopbackPort.Choose();
            File.Delete(Log);
            await File.WriteAllTextAsync(Path.Join(folder.Sshd, "sshd_config"), Settings(port), cancel).ConfigureAwait(false);
            if (await TryStartAsync(port, cancel).ConfigureAwait(false)) break;
            var said = File.Exists(Log) ? (await File.ReadAllTextAsync(Log, cancel).ConfigureAwait(false)).Trim() : "";
            if (attempt == 3 || !(MakeMissingFolder(said) || said.Contains("in use", StringComparison.Ordinal))) throw SimulatorErrors.NotStarted("SSH server", said);
        }

        var hostKey = await File.ReadAllTextAsync(HostKey + ".pub", cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(folder.KnownHosts, $"[{address}]:{port} {string.Join(' ', hostKey.Split(' ').Take(2))}\n", cancel).ConfigureAwait(false);
        return port;
    }

    private static async Task MakeKeyAsync(string path, CancellationToken cancel)
    {
        if (File.Exists(path)) return;
        var run = RunningProcess.Start(new ProcessStart
        {
            FileName = KeygenPlaces.First(File.Exists),
            Arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "simulated-rig", "-f", path],
            Detached = true,
        });
        await using (run.ConfigureAwait(false))
            if ((await run.Exited.WaitAsync(cancel).ConfigureAwait(false)).Code is not 0) throw SimulatorErrors.NotStarted("SSH server", $"ssh-keygen made no key '{path}'");
    }

    private async Task<bool> TryStartAsync(int port, CancellationToken cancel)
    {
        var sshd = RunningProcess.Start(new ProcessStart
        {
            FileName = SshdPlaces.First(File.Exists), // sshd insists on an absolute path, to start itself again
            Arguments = ["-D", "-f", Path.Join(folder.Sshd, "sshd_config"), "-E", Log],
            Environment = new Dictionary<string, string?> { [SimulatedRigFolder.Variable] = folder.Path },
            Detached = true,
            LogFile = Log,
        });
        await using (sshd.ConfigureAwait(false))
        {
            new SimulatedRigProcesses(folder).Record(sshd.Id, "sshd");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(StartLimit);
            while (!sshd.Exited.IsCompleted)
            {
                if (await AnswersAsync(port, limit.Token).ConfigureAwait(false)) return true;
                await Task.Delay(20, limit.Token).ConfigureAwait(false);
            }
        }

        return false;
    }

    private async Task<bool> AnswersAsync(int port, CancellationToken cancel)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancel).ConfigureAwait(false);
            var start = new byte[4];
            return await socket.ReceiveAsync(start, cancel).ConfigureAwait(false) == 4 && start.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Run by root, sshd wants an empty folder whose place is compiled into it and which a container often lacks.</summary>
    private static bool MakeMissingFolder(string said)
    {
        const string words = "Missing privilege separation directory: ";
        if (said.IndexOf(words, StringComparison.Ordinal) is var at && at < 0) return false;
        Directory.CreateDirectory(said[(at + words.Length)..].Split('\n')[0].Trim());
        return true;
    }

    private string Settings(int port)
    {
        var text = new StringBuilder();
        void Set(string name, string value) => text.Append(name).Append(' ').AppendLine(value);
        Set("ListenAddress", $"{new IPEndPoint(address, port)}");
        Set("HostKey", $"\"{HostKey}\"");
        Set("AuthorizedKeysFile", $"\"{Path.Join(folder.Sshd, "authorized_keys")}\"");
        Set("PidFile", $"\"{Path.Join(folder.Sshd, "pid")}\"");
        Set("AllowUsers", Environment.UserName);
        Set("PermitRootLogin", "yes");
        Set("PubkeyAuthentication", "yes");
        Set("PasswordAuthentication", "no");
        Set("KbdInteractiveAuthentication", "no");
        Set("UsePAM", "no");
        Set("StrictModes", "no"); // the folder may lie below one that others can write to
        Set("AllowTcpForwarding", "yes");
        Set("AllowAgentForwarding", "no");
        Set("X11Forwarding", "no");
        Set("PrintMotd", "no");
        Set("PrintLastLog", "no");
        Set("UseDNS", "no");
        Set("MaxSessions", "100");
        Set("MaxStartups", "200");
        Set("SetEnv", $"\"HOME={folder.Home}\""); // the login shell's own start-up files are the rig's, not this user's
        Set("ForceCommand", $"exec {SimulatedRigBuilder.Quote(folder.Login)}");
        if (SftpPlaces.FirstOrDefault(File.Exists) is { } sftp) Set("Subsystem", $"sftp {sftp}");
        return text.ToString();
    }
}
