using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using LlmOps.Infrastructure;

namespace LlmOps.Rigs;

/// <summary>Opens an interactive shell on a rig with your own ssh.</summary>
/// <remarks>
/// <para>Runs the ssh program of this machine with the rig's address, port and keys, and with the host keys that LlmOps has accepted, so nothing is asked twice. Leave the shell with exit.</para>
/// </remarks>
/// <example><para>Look around on a rig.</para><code>Enter-GpuRig big</code></example>
[Cmdlet(VerbsCommon.Enter, "GpuRig")]
[OutputType(typeof(void))]
public sealed class EnterGpuRigCommand : RigCmdlet
{
    /// <summary>The rig: its name or the object.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument Rig { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var rig in Resolve([Rig]))
        {
            var start = rig.Ssh is { } destination ? Ssh(destination) : LocalShell(rig);
            WriteVerbose($"{start.FileName} {string.Join(' ', start.ArgumentList)}");
            Process shell;
            try
            {
                shell = Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                throw ProcessErrors.NotFound(start.FileName);
            }

            using (shell)
            {
                using var ending = cancel.Register(shell.Kill);
                await shell.WaitForExitAsync(cancel);
            }
        }
    }

    private static ProcessStartInfo Ssh(SshDestination destination)
    {
        var start = new ProcessStartInfo("ssh");
        if (destination.ConfigFile is { } config) Add(start, "-F", config);
        if (destination.Port is { } port) Add(start, "-p", port.ToString(CultureInfo.InvariantCulture));
        foreach (var key in destination.IdentityFile) Add(start, "-i", key);
        string[] known = [.. new[] { destination.KnownHostsFile, Services.Home.KnownHosts, "~/.ssh/known_hosts" }.OfType<string>().Select(path => $"\"{path}\"")];
        Add(start, "-o", "UserKnownHostsFile=" + string.Join(' ', known));
        Add(start, "-t", "--");
        start.ArgumentList.Add((destination.UserName is null ? "" : destination.UserName + "@") + destination.HostName);
        return start;
    }

    private static ProcessStartInfo LocalShell(GpuRig rig) =>
        new(rig.Simulation is { } simulated ? Path.Join(simulated.Folder, "login") : Environment.GetEnvironmentVariable("SHELL") ?? "/bin/sh");

    private static void Add(ProcessStartInfo start, params string[] arguments)
    {
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
    }
}
