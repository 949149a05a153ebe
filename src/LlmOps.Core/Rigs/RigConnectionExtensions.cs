using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>Shorter and sturdier ways to ask a rig.</summary>
public static class RigConnectionExtensions
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

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
    /// Runs an operation that may be asked for twice without harm (to look, to watch, to join what runs detached), and asks again
    /// over a new connection when the connection breaks, for as long as <paramref name="patience"/> allows without an answer.
    /// </summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="connection">The rig.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="onEvent">Called with each event; after a new connection the operation decides which are repeated.</param>
    /// <param name="patience">How long the rig may stay out of reach.</param>
    /// <param name="onLost">Told about each broken connection, or null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    public static async Task<TResult> JoinAsync<TArgs, TEvent, TResult>(
        this IRigConnection connection, AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent,
        TimeSpan patience, Action<LlmOpsException>? onLost, TimeProvider time, CancellationToken cancel)
    {
        var pause = FirstPause;
        var lastAnswer = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await connection.InvokeAsync(operation, args, Heard, cancel).ConfigureAwait(true);
            }
            catch (LlmOpsException lost) when (lost.Kind is ErrorKind.ConnectionError or ErrorKind.OperationTimeout && time.GetElapsedTime(lastAnswer) < patience)
            {
                onLost?.Invoke(lost);
                await Task.Delay(pause, time, cancel).ConfigureAwait(true);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }

        ValueTask Heard(TEvent item)
        {
            lastAnswer = time.GetTimestamp();
            pause = FirstPause;
            return onEvent?.Invoke(item) ?? ValueTask.CompletedTask;
        }
    }
}
