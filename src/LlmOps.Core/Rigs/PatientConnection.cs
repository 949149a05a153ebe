using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>
/// A connection for what may be asked for twice without harm. While the rig is out of reach it is connected to again and again, and somebody is told;
/// what stays away longer than the patience allows is given up with an error of its own.
/// </summary>
/// <param name="connection">The connection underneath.</param>
/// <param name="patience">How long the rig may stay out of reach.</param>
/// <param name="notice">Whom to tell, or null.</param>
/// <param name="time">The clock.</param>
public sealed class PatientConnection(IRigConnection connection, TimeSpan patience, IOutageNotice? notice, TimeProvider time)
{
    /// <summary>How long a rig may stay out of reach: longer than a router or an SSH server takes to restart, and short enough to wait for.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);

    /// <summary>The connection underneath, for what is asked once.</summary>
    public IRigConnection Connection => connection;

    /// <summary>The rig at its other end.</summary>
    public GpuRig Rig => connection.Rig;

    /// <summary>Runs an operation, and joins it again over a new connection when the connection breaks.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="onEvent">Called with each event, or null.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    /// <exception cref="LlmOpsException"><c>RigVanished</c>, or the operation failed on the rig.</exception>
    public async Task<TResult> JoinAsync<TArgs, TEvent, TResult>(
        AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel)
    {
        var isLost = false;
        try
        {
            return await connection.JoinAsync(operation, args, Heard, patience, Lost, time, cancel).ConfigureAwait(true);
        }
        catch (LlmOpsException last) when (isLost && !last.IsFromRig && (last.Kind is ErrorKind.ConnectionError or ErrorKind.OperationTimeout or ErrorKind.ResourceUnavailable || last.ErrorId == "HostNotResolved"))
        {
            throw RigErrors.Vanished(Rig.Name, patience, last);
        }
        finally
        {
            notice?.Over();
        }

        void Lost(LlmOpsException failure)
        {
            isLost = true;
            notice?.Lost(Rig, failure);
        }

        ValueTask Heard(TEvent item)
        {
            if (isLost) notice?.Over();
            isLost = false;
            return onEvent?.Invoke(item) ?? ValueTask.CompletedTask;
        }
    }
}
