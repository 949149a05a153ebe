using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>Shorter and sturdier ways to ask a rig.</summary>
public static class RigConnectionExtensions
{
    /// <summary>Runs an operation that reports nothing while it runs.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it could report.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="connection">The rig.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    public static Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(
        this IRigConnection connection, AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, CancellationToken cancel) =>
        connection.InvokeAsync(operation, args, null, cancel);

    /// <summary>
    /// Runs an operation that may be asked for twice without harm (to look, to watch, to join what runs detached), and asks again over a new
    /// connection when the connection breaks. It gives up when the rig has stayed out of reach for <paramref name="patience"/>, counted from
    /// when it was lost. A rig that was never reached, and a failure of the operation itself, are not tried again.
    /// </summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="connection">The rig.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="onEvent">Called with each event; after a new connection the operation decides which are repeated.</param>
    /// <param name="patience">How long the rig may stay out of reach.</param>
    /// <param name="onLost">Told about each broken connection and each attempt that failed, or null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    public static async Task<TResult> JoinAsync<TArgs, TEvent, TResult>(
        this IRigConnection connection, AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent,
        TimeSpan patience, Action<LlmOpsException>? onLost, TimeProvider time, CancellationToken cancel)
    {
        var outage = new RigOutage(patience, time);
        while (true)
        {
            outage.Begin();
            try
            {
                return await connection.InvokeAsync(operation, args, Heard, cancel).ConfigureAwait(true);
            }
            catch (LlmOpsException lost) when (outage.MayPass(lost, connection.HasConnected))
            {
                onLost?.Invoke(lost);
                await Task.Delay(outage.NextPause(), time, cancel).ConfigureAwait(true);
            }
        }

        ValueTask Heard(TEvent item)
        {
            outage.End();
            return onEvent?.Invoke(item) ?? ValueTask.CompletedTask;
        }
    }
}
