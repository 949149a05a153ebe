namespace LlmOps.Rigs;

/// <summary>Opens links to where rigs are now.</summary>
/// <param name="links">Opens the links.</param>
/// <param name="locator">Says where a rig is, at each link.</param>
public sealed class LocatedLinks(IRigLinkFactory links, IRigLocator locator) : IRigLinkFactory
{
    /// <inheritdoc/>
    public async Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel) =>
        await links.OpenAsync(await locator.LocateAsync(rig, cancel).ConfigureAwait(false), questions, cancel).ConfigureAwait(false);
}
