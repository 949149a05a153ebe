namespace LlmOps.Build;

/// <summary>Installs what the tests need and the machine lacks: an SSH server, which is never started as a service.</summary>
internal static class TestNeeds
{
    private const string NoServiceStart = "/usr/sbin/policy-rc.d";

    private static readonly (string Manager, string[] Arguments)[] Installers =
    [
        ("apt-get", ["install", "-y", "-q", "--no-install-recommends", "openssh-server", "openssh-client"]),
        ("dnf", ["install", "-y", "-q", "openssh-server", "openssh-clients"]),
        ("apk", ["add", "--quiet", "openssh"]),
        ("brew", ["install", "--quiet", "openssh"]),
    ];

    public static void Provide()
    {
        if (OperatingSystem.IsWindows() || HasServer()) return;
        var installer = Installers.FirstOrDefault(candidate => Command.Find(candidate.Manager) is not null);
        var advice = installer.Manager is null
            ? "The tests need an SSH server (sshd) and this machine has none, nor a package manager that is known here. Install OpenSSH's server."
            : $"The tests need an SSH server (sshd) and this machine has none. Install it: {installer.Manager} {string.Join(' ', installer.Arguments)}";
        if (installer.Manager is null) throw new BuildFailure(advice);

        var isBrew = installer.Manager == "brew";
        var isRoot = Command.Capture("id", "-u").Output.Trim() == "0";
        if (!isBrew && !isRoot && (Command.Find("sudo") is null || Command.Capture("sudo", "-n", "true").ExitCode != 0)) throw new BuildFailure(advice);
        string[] prefix = isBrew || isRoot ? [] : ["sudo", "-n"];
        Step.Run("install openssh-server", () => Install(prefix, installer.Manager, installer.Arguments));
        if (!HasServer()) throw new BuildFailure(advice);
    }

    private static bool HasServer() => Command.Find("sshd", "/usr/sbin", "/usr/local/sbin", "/sbin", "/opt/homebrew/sbin") is not null && Command.Find("ssh-keygen") is not null;

    private static void Install(string[] prefix, string manager, string[] arguments)
    {
        if (manager != "apt-get")
        {
            As(prefix, [manager, .. arguments]);
            return;
        }

        // Debian starts what it installs, unless this file says no.
        var isOurs = !File.Exists(NoServiceStart);
        if (isOurs) As(prefix, ["sh", "-c", $"printf '#!/bin/sh\\nexit 101\\n' > {NoServiceStart} && chmod +x {NoServiceStart}"]);
        try
        {
            As(prefix, ["env", "DEBIAN_FRONTEND=noninteractive", manager, "update", "-q"]);
            As(prefix, ["env", "DEBIAN_FRONTEND=noninteractive", manager, .. arguments]);
        }
        finally
        {
            if (isOurs) As(prefix, ["rm", "-f", NoServiceStart]);
        }
    }

    private static void As(string[] prefix, string[] command)
    {
        string[] all = [.. prefix, .. command];
        Command.Quietly(all[0], all[1..]);
    }
}
