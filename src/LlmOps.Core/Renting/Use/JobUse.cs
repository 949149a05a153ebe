using LlmOps.Jobs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Work that runs detached on the machine: downloads and installations.</summary>
/// <param name="layout">Where it is kept.</param>
internal sealed class JobUse(RigLayout layout) : IRigUseSensor
{
    /// <inheritdoc/>
    public Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        var running = Directory.Exists(layout.Jobs) ? Directory.EnumerateDirectories(layout.Jobs).FirstOrDefault(folder => new JobFolder(folder).IsRunning()) : null;
        return Task.FromResult(running is null ? RigUse.None : new RigUse(Path.GetFileName(running).Split('-')[0]));
    }
}
