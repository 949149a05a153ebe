using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace LlmOps.Host;

/// <summary>
/// PowerShell's most used commands, in their main parameters, for an engine that comes without the modules that hold them. In a full
/// PowerShell none of these is added.
/// </summary>
public static class HostCommands
{
    private static readonly (string Name, string Command)[] Aliases = [("select", "Select-Object"), ("sort", "Sort-Object"), ("echo", "Write-Output"), ("ft", "Format-Table"), ("fl", "Format-List")];

    /// <summary>Adds those commands that the session lacks.</summary>
    /// <param name="state">The session to be.</param>
    public static void AddMissing(InitialSessionState state)
    {
        foreach (var type in typeof(HostCommands).Assembly.GetExportedTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is not { } cmdlet) continue;
            var name = $"{cmdlet.VerbName}-{cmdlet.NounName}";
            if (!state.Commands[name].Any()) state.Commands.Add(new SessionStateCmdletEntry(name, type, null));
        }

        foreach (var (name, command) in Aliases.Where(alias => !state.Commands[alias.Name].Any())) state.Commands.Add(new SessionStateAliasEntry(name, command));
    }
}
