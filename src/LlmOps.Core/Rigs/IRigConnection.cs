using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>
/// The way to a rig's agent and to its network: the one seam between LlmOps and a rig. It connects when it is first used, is shared by all
/// cmdlets of a process, and connects anew when a request finds it broken.
/// </summary>
public interface IRigConnection : IAsyncDisposable
{
    /// <summary>The rig at its other end.</summary>
    GpuRig Rig { get; }

    /// <summary>True once the rig was reached over it, also while it is broken.</summary>
    bool HasConnected { get; }

    /// <summary>Connects now, so that what only a person can answer is asked for; does nothing while connected.</summary>
    /// <param name="questions">Asks the person at the keyboard; null where nobody can be asked.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="LlmOpsException">The rig can't be reached.</exception>
    Task ConnectAsync(IConnectQuestions? questions, CancellationToken cancel);

    /// <summary>Runs an operation of the agent.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TEvent">What it reports.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="onEvent">Called with each event, in order, on the caller's synchronization context.</param>
    /// <param name="cancel">Ends the operation on the rig too.</param>
    /// <exception cref="RigConnectionLostException">The connection broke while the operation ran; a new call connects anew.</exception>
    /// <exception cref="LlmOpsException">The rig can't be reached, or the operation failed on it (<see cref="LlmOpsException.IsFromRig"/>).</exception>
    Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(
        AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel);
}
