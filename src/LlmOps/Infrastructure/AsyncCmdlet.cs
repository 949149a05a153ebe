using System.Collections.Concurrent;
using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>
/// A cmdlet with an async body whose every continuation runs on the pipeline thread, so that WriteObject, ShouldProcess and
/// Progress&lt;T&gt; may be used directly after an await. However the pipeline ends, the body's token is cancelled and its finally blocks run.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs before the first input.</summary>
    /// <param name="cancel">Ctrl+C, or the end of the pipeline.</param>
    protected virtual Task BeginAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Runs for each input.</summary>
    /// <param name="cancel">Ctrl+C, or the end of the pipeline.</param>
    protected virtual Task ProcessAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Runs after the last input.</summary>
    /// <param name="cancel">Ctrl+C, or the end of the pipeline.</param>
    protected virtual Task EndAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        foreach (var notice in Services.TunnelNotices.Take()) WriteWarning(notice);
        Run(BeginAsync);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Run(ProcessAsync);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Run(EndAsync);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stopping.Cancel();

    /// <summary>Called when the pipeline is over, also when it ended early downstream.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a failure as an error record; the pipeline goes on.</summary>
    /// <param name="failure">The failure.</param>
    protected void WriteFailure(LlmOpsException failure) => WriteError(failure.ToErrorRecord());

    /// <summary>Writes a failure that leaves nothing to go on with.</summary>
    /// <param name="failure">The failure.</param>
    protected void ThrowFailure(LlmOpsException failure) => ThrowTerminatingError(failure.ToErrorRecord());

    private void Run(Func<CancellationToken, Task> body)
    {
        var outer = SynchronizationContext.Current;
        var loop = new PipelineLoop();
        SynchronizationContext.SetSynchronizationContext(loop);
        try
        {
            loop.Complete(body(_stopping.Token), _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (LlmOpsException failure)
        {
            WriteError(failure.ToErrorRecord());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private sealed class PipelineLoop : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state)
        {
            try
            {
                _work.Add((d, state));
            }
            catch (InvalidOperationException)
            {
                // A late report, after the cmdlet has returned.
            }
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The pipeline thread can only be posted to.");

        public void Complete(Task task, CancellationToken stopping)
        {
            using var abandon = new CancellationTokenSource();
            using var stop = stopping.Register(() => abandon.CancelAfter(Grace)); // for work that ignores its token
            task.ContinueWith(_ => _work.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            foreach (var (callback, state) in _work.GetConsumingEnumerable(abandon.Token)) callback(state);
            task.GetAwaiter().GetResult();
        }
    }
}
