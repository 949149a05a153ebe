using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace LlmOps.Host;

/// <summary>One run of a script on this console, with pwsh's exit codes.</summary>
internal sealed class ScriptRun : IDisposable
{
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const string ScriptVariable = "LlmOpsHostScript";
    private const string SuccessVariable = "LlmOpsHostSucceeded";
    private const string NamedVariable = "LlmOpsHostNamed";
    private const string ArgumentsVariable = "LlmOpsHostArguments";

    private readonly HostOptions _options;
    private readonly ConsoleHost _host;
    private readonly Runspace _runspace;
    private readonly CancellationTokenSource _interrupt = new();

    public ScriptRun(HostOptions options)
    {
        _options = options;
        _host = new ConsoleHost(interactive: !options.NonInteractive, _interrupt.Token);
        var state = InitialSessionState.CreateDefault2();
        HostCommands.AddMissing(state);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        System.Console.CancelKeyPress += Interrupt;
    }

    /// <summary>Imports the module and runs the script; returns the exit code.</summary>
    public int Run()
    {
        if (ModuleFile.Find() is not { } module) return Fail("There is no LlmOps.psd1 here or above. Set LLMOPS_MODULE to its path.");
        if (_options.File is { } file && !File.Exists(file)) return Fail($"The script '{file}' does not exist.");
        if (Invoke(shell => shell.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", "Stop")) is not 0 and var failure) return failure;
        return Invoke(shell => _options.File is { } script ? AddScript(shell, Path.GetFullPath(script)) : shell.AddScript($"{_options.Command}\n$global:{SuccessVariable} = $?"));
    }

    public void Dispose()
    {
        System.Console.CancelKeyPress -= Interrupt;
        _runspace.Dispose();
        _interrupt.Dispose();
    }

    private static int Fail(string message)
    {
        System.Console.Error.WriteLine(message);
        return Failed;
    }

    // Called as a block, not as a file, so that its exit ends the run with its code; a block that was parsed from a file knows where it is.
    private PowerShell AddScript(PowerShell shell, string path)
    {
        var script = Parser.ParseFile(path, out _, out var errors);
        if (errors.Length > 0) throw new ParseException(errors);
        _runspace.SessionStateProxy.SetVariable(ScriptVariable, script.GetScriptBlock());
        var (named, others) = ScriptArgument.Read(_options.Arguments);
        _runspace.SessionStateProxy.SetVariable(NamedVariable, named);
        _runspace.SessionStateProxy.SetVariable(ArgumentsVariable, others);
        return shell.AddScript($". ${ScriptVariable} @{NamedVariable} @{ArgumentsVariable}");
    }

    private int Invoke(Func<PowerShell, PowerShell> add)
    {
        using var shell = PowerShell.Create(_runspace);
        using var stop = _interrupt.Token.Register(() => shell.BeginStop(null, null));
        try
        {
            add(shell);
            const PipelineResultTypes both = PipelineResultTypes.Error | PipelineResultTypes.Output;
            shell.Commands.AddCommand(new Command("Out-Default") { MergeUnclaimedPreviousCommandResults = both });
            shell.Invoke();
        }
        catch (PipelineStoppedException)
        {
        }
        catch (RuntimeException failure)
        {
            Show(failure.ErrorRecord);
            return _interrupt.IsCancellationRequested ? Interrupted : Failed;
        }
        finally
        {
            _host.Finish();
        }

        return _interrupt.IsCancellationRequested ? Interrupted
            : _host.ExitCode ?? (_options.Command is not null && !LastSucceeded() ? Failed : 0);
    }

    private void Show(ErrorRecord error)
    {
        using var shell = PowerShell.Create(_runspace);
        var line = PSObject.AsPSObject(error);
        line.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default").AddParameter("InputObject", line).Invoke();
    }

    private bool LastSucceeded() => _runspace.SessionStateProxy.GetVariable(SuccessVariable) is not false;

    private void Interrupt(object? sender, ConsoleCancelEventArgs press)
    {
        if (_interrupt.IsCancellationRequested) return; // the second time, the process ends
        press.Cancel = true;
        _interrupt.Cancel();
    }
}
