using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LlmOps.Host;

/// <summary>One run of a script on this console, with pwsh's exit codes.</summary>
internal sealed class ScriptRun : IDisposable
{
    private const int Failed = 1;
    private const int Interrupted = 130;

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
        return Invoke(shell => _options.File is { } script ? AddScript(shell, Path.GetFullPath(script)) : shell.AddScript(_options.Command));
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

    // A dash begins a parameter's name, as it does after pwsh -File; the engine pairs it with the value that follows.
    private PowerShell AddScript(PowerShell shell, string script)
    {
        shell.AddCommand(script, useLocalScope: false);
        foreach (var argument in _options.Arguments)
        {
            var colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (argument is not ['-', >= 'A' and (<= 'Z' or >= 'a') and <= 'z', ..]) shell.AddArgument(argument);
            else if (colon < 0) shell.Commands.Commands[^1].Parameters.Add(new CommandParameter(argument));
            else shell.AddParameter(argument[1..colon], Value(argument[(colon + 1)..]));
        }

        return shell;
    }

    private static object Value(string text) => text.ToUpperInvariant() switch { "$TRUE" => true, "$FALSE" => false, _ => text };

    private int Invoke(Func<PowerShell, PowerShell> add)
    {
        using var shell = PowerShell.Create(_runspace);
        add(shell);
        shell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        using var stop = _interrupt.Token.Register(() => shell.BeginStop(null, null));
        try
        {
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

    private bool LastSucceeded() => _runspace.SessionStateProxy.GetVariable("?") is not false;

    private void Interrupt(object? sender, ConsoleCancelEventArgs press)
    {
        if (_interrupt.IsCancellationRequested) return; // the second time, the process ends
        press.Cancel = true;
        _interrupt.Cancel();
    }
}
