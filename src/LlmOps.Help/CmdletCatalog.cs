using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace LlmOps.Help;

/// <summary>The cmdlets of an assembly as the engine sees them, with parameter sets resolved.</summary>
public static class CmdletCatalog
{
    /// <summary>The cmdlets by name.</summary>
    /// <param name="types">The types to look at; those that are no cmdlets are left out.</param>
    public static IReadOnlyList<CmdletInfo> Read(IEnumerable<Type> types)
    {
        var state = InitialSessionState.CreateDefault2();
        var names = new List<string>();
        foreach (var type in types)
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is not { } cmdlet) continue;
            names.Add($"{cmdlet.VerbName}-{cmdlet.NounName}");
            state.Commands.Remove(names[^1], null);
            state.Commands.Add(new SessionStateCmdletEntry(names[^1], type, null));
        }

        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        return [.. names.Order(StringComparer.Ordinal).Select(name => (CmdletInfo)runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.Cmdlet)).Select(Resolve)];
    }

    // The engine works out the parameters when they are first asked for, and needs its runspace for that.
    private static CmdletInfo Resolve(CmdletInfo cmdlet)
    {
        _ = cmdlet.Parameters;
        _ = cmdlet.ParameterSets;
        return cmdlet;
    }
}
