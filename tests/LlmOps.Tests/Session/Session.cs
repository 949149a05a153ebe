using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using LlmOps.Infrastructure;

namespace LlmOps.Tests;

/// <summary>
/// A PowerShell session with LlmOps' cmdlets and views, the commands of LlmOps.Host (Select-Object and such), and a home folder of its own. Results are the module's own types, since the
/// cmdlets come from the referenced assembly. Dispose it to give the environment back and remove the folder; a tunnel that is open then is an error.
/// </summary>
/// <example>
/// <code>
/// using var session = new Session();
/// var rig = session.Invoke("New-GpuRig -Local").Single&lt;GpuRig&gt;();
/// Assert.Equal(["RigNotFound"], session.Invoke("Get-GpuRig nobody").ErrorIds);
/// Assert.Contains("NVIDIA A40", session.Show("$rig", ("rig", rig)));
/// </code>
/// </example>
public sealed class Session : IDisposable
{
    private readonly Dictionary<string, string?> _environment = [];
    private readonly List<PowerShell> _shells = [];
    private readonly Runspace _runspace;

    /// <summary>Opens a session.</summary>
    /// <param name="width">The width of the screen in characters.</param>
    public Session(int width = 100)
    {
        Folder = Directory.CreateTempSubdirectory("llmops-test-").FullName;
        Home = Path.Join(Folder, "home");
        SetEnvironment("LLMOPS_HOME", Home);
        Host = new CapturingHost(width);
        _runspace = RunspaceFactory.CreateRunspace(Host, InitialState());
        _runspace.Open();
    }

    /// <summary>A folder for this session's files; removed with it.</summary>
    public string Folder { get; }

    /// <summary>LlmOps' home on this workstation, <c>LLMOPS_HOME</c>; not there until something is kept in it.</summary>
    public string Home { get; }

    /// <summary>The screen and the keyboard. Queue <see cref="CapturingHost.Answers"/> for the questions that are to come.</summary>
    public CapturingHost Host { get; }

    /// <summary>Sets an environment variable of this process until the session is disposed.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value; null removes it.</param>
    public void SetEnvironment(string name, string? value)
    {
        _environment.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Sets a variable of the session.</summary>
    /// <param name="name">Its name, without the dollar sign.</param>
    /// <param name="value">Its value.</param>
    public void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end. Errors do not throw: they are in the result, the one that ended the script among them.</summary>
    /// <param name="script">The script.</param>
    /// <param name="variables">Variables to set first.</param>
    public SessionResult Invoke(string script, params (string Name, object? Value)[] variables)
    {
        var shell = NewShell(script, variables);
        var result = new SessionResult(shell);
        result.Run();
        return result;
    }

    /// <summary>Runs a script to its end, and meanwhile does something to its surroundings, once a condition holds. Fails if the script ends before it holds.</summary>
    /// <param name="script">The script.</param>
    /// <param name="condition">Asked again and again, with what the script has written so far.</param>
    /// <param name="action">What to do then, while the script goes on.</param>
    public SessionResult Disturb(string script, Func<SessionResult, bool> condition, Action<SessionResult> action)
    {
        var result = new SessionResult(NewShell(script, []));
        var run = Task.Run(result.Run);
        while (!condition(result))
            if (run.Wait(TimeSpan.FromMilliseconds(10))) throw new Xunit.Sdk.XunitException($"The script ended too early. Errors: [{string.Join("; ", result.Errors)}]. Progress: [{string.Join("; ", result.Progress.Select(record => record.StatusDescription))}]");
        action(result);
        run.GetAwaiter().GetResult();
        return result;
    }

    /// <summary>Runs a script, and stops it as Ctrl+C does once a condition holds. <see cref="SessionResult.Stopped"/> says whether it was still running then.</summary>
    /// <param name="script">The script.</param>
    /// <param name="condition">Asked again and again, with what the script has written so far.</param>
    /// <param name="variables">Variables to set first.</param>
    public SessionResult StopAfter(string script, Func<SessionResult, bool> condition, params (string Name, object? Value)[] variables)
    {
        var shell = NewShell(script, variables);
        var result = new SessionResult(shell);
        var run = Task.Run(result.Run);
        while (!run.IsCompleted && !condition(result)) run.Wait(TimeSpan.FromMilliseconds(10));
        result.Stop();
        run.GetAwaiter().GetResult();
        return result;
    }

    /// <summary>What a person would see on the screen, without colours: objects through our views, errors as PowerShell shows them.</summary>
    /// <param name="script">The script.</param>
    /// <param name="variables">Variables to set first.</param>
    public string Show(string script, params (string Name, object? Value)[] variables)
    {
        var shell = NewShell(script, variables);
        shell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        Host.Screen.Clear();
        new SessionResult(shell).Run();
        return new System.Management.Automation.Internal.StringDecorated(Host.Screen.ToString()).ToString(OutputRendering.PlainText);
    }

    /// <summary>What the Tab key offers at the end of a line.</summary>
    /// <param name="line">The line so far.</param>
    public IReadOnlyList<CompletionResult> Complete(string line)
    {
        using var shell = PowerShell.Create(_runspace);
        return CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This process is one session to the module: a tunnel that is left open here would be found by the next test.
        var left = Services.Tunnels.List();
        Services.Tunnels.CloseAllAsync().GetAwaiter().GetResult();
        _shells.ForEach(shell => shell.Dispose());
        _runspace.Dispose();
        foreach (var (name, value) in _environment) Environment.SetEnvironmentVariable(name, value);
        Directory.Delete(Folder, recursive: true);
        if (left.Count > 0) throw new Xunit.Sdk.XunitException("Left open: " + string.Join("; ", left.Select(tunnel => $"{tunnel.Name}, {tunnel.State}, process {tunnel.ProcessId}, {string.Join(", ", tunnel.History)}")));
    }

    private PowerShell NewShell(string script, (string Name, object? Value)[] variables)
    {
        foreach (var (name, value) in variables) SetVariable(name, value);
        var shell = PowerShell.Create(_runspace);
        _shells.Add(shell); // its streams live as long as it does
        return shell.AddScript(script);
    }

    private static InitialSessionState InitialState()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.ReuseThread;
        foreach (var type in typeof(AsyncCmdlet).Assembly.GetExportedTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
            {
                state.Commands.Add(new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, null));
            }
        }

        LlmOps.Host.HostCommands.AddMissing(state);
        if (File.Exists(Repository.FormatFile)) state.Formats.Add(new SessionStateFormatEntry(Repository.FormatFile));
        if (File.Exists(Repository.TypesFile)) state.Types.Add(new SessionStateTypeEntry(Repository.TypesFile));
        return state;
    }
}
