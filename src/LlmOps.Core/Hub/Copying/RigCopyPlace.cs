using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Hub.Copying;

/// <summary>A rig's cache. Each reader and writer has a connection of its own, so that several go faster than one.</summary>
/// <param name="connection">The rig, for what is asked once.</param>
/// <param name="links">Opens the other connections.</param>
/// <param name="questions">Asks the person at the keyboard; null where nobody can be asked.</param>
public sealed class RigCopyPlace(IRigConnection connection, IRigLinkFactory links, IConnectQuestions? questions) : ICopyPlace
{
    /// <inheritdoc/>
    public string Name => $"rig '{connection.Rig.Name}'";

    /// <inheritdoc/>
    public Task<CopyListing> ListAsync(CopyRequest request, CancellationToken cancel) => connection.InvokeAsync(CopyOperations.List, request, cancel);

    /// <inheritdoc/>
    public Task<CopyPlan> PlanAsync(CopyWish wish, CancellationToken cancel) => connection.InvokeAsync(CopyOperations.Plan, wish, cancel);

    /// <inheritdoc/>
    public async Task<HfModel> EndAsync(CopyWish wish, CancellationToken cancel) => await connection.InvokeAsync(CopyOperations.End, wish, cancel).ConfigureAwait(false) with { Rig = connection.Rig };

    /// <inheritdoc/>
    public ICopyReader OpenReader(string? agent) => new RigCopyReader(new RigCopyWire(connection.Rig, links, questions, agent!, "send"));

    /// <inheritdoc/>
    public ICopyWriter OpenWriter(string? agent) => new RigCopyWriter(new RigCopyWire(connection.Rig, links, questions, agent!, "receive"));
}
