using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;

namespace LlmOps.Tests;

/// <summary>What a script has written, by stream; may be looked at while the script runs.</summary>
public sealed class SessionResult
{
    private readonly PowerShell _shell;
    private readonly PSDataCollection<PSObject> _output = [];

    internal SessionResult(PowerShell shell) => _shell = shell;

    /// <summary>The objects, wrapped as PowerShell wraps them.</summary>
    public IReadOnlyList<PSObject> Output => Snapshot(_output);

    /// <summary>The errors in order; last the one that ended the script, if one did.</summary>
    public IReadOnlyList<ErrorRecord> Errors => Terminating is null || _shell.Streams.Error.Contains(Terminating) ? Snapshot(_shell.Streams.Error) : [.. Snapshot(_shell.Streams.Error), Terminating];

    /// <summary>The error that ended the script, or null.</summary>
    public ErrorRecord? Terminating { get; private set; }

    /// <summary>The ids of the errors as the module gave them, such as <c>RigNotFound</c>, without the cmdlet's name.</summary>
    public IReadOnlyList<string> ErrorIds => [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];

    /// <summary>The warnings.</summary>
    public IReadOnlyList<string> Warnings => [.. Snapshot(_shell.Streams.Warning).Select(record => record.Message)];

    /// <summary>The verbose messages; ask for them with <c>-Verbose</c>.</summary>
    public IReadOnlyList<string> Verbose => [.. Snapshot(_shell.Streams.Verbose).Select(record => record.Message)];

    /// <summary>The debug messages; ask for them with <c>-Debug</c>.</summary>
    public IReadOnlyList<string> Debug => [.. Snapshot(_shell.Streams.Debug).Select(record => record.Message)];

    /// <summary>The information records.</summary>
    public IReadOnlyList<InformationRecord> Information => Snapshot(_shell.Streams.Information);

    /// <summary>The progress records.</summary>
    public IReadOnlyList<ProgressRecord> Progress => Snapshot(_shell.Streams.Progress);

    /// <summary>True if the script was stopped before it came to its end.</summary>
    public bool Stopped { get; private set; }

    /// <summary>How long stopping took.</summary>
    public TimeSpan StopTime { get; private set; }

    /// <summary>The objects as what they are.</summary>
    /// <typeparam name="T">The type that all of them must have.</typeparam>
    public IReadOnlyList<T> All<T>() => [.. Output.Select(item => (T)item.BaseObject)];

    /// <summary>The one object that was written; fails with the errors in its message if there is none or are more.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public T Single<T>() => Output is [var only] && only.BaseObject is T value ? value
        : throw new Xunit.Sdk.XunitException($"Expected one {typeof(T).Name}, got {Output.Count} objects [{string.Join(", ", Output)}] and the errors [{string.Join("; ", Errors)}].");

    /// <summary>This result, if there was no error; otherwise fails with the errors.</summary>
    public SessionResult NoErrors() => Errors.Count == 0 ? this
        : throw new Xunit.Sdk.XunitException("Unexpected errors: " + string.Join(Environment.NewLine, Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}")));

    internal void Run()
    {
        try
        {
            _shell.Invoke<object, PSObject>(null, _output, null);
        }
        catch (PipelineStoppedException)
        {
        }
        catch (RuntimeException failure)
        {
            Terminating = failure.ErrorRecord;
        }

        Stopped = _shell.InvocationStateInfo.State == PSInvocationState.Stopped;
    }

    internal void Stop()
    {
        var started = Stopwatch.GetTimestamp();
        _shell.Stop();
        StopTime = Stopwatch.GetElapsedTime(started);
    }

    // Enumerating one of these waits for more until the script has ended.
    private static List<T> Snapshot<T>(PSDataCollection<T> stream)
    {
        var count = stream.Count;
        var items = new List<T>(count);
        for (var i = 0; i < count; i++) items.Add(stream[i]);
        return items;
    }
}
