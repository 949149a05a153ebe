using LlmOps.Rigs;

namespace LlmOps.Gpus;

/// <summary>Reads the lasting facts of this machine's GPUs: NVIDIA's through <c>nvidia-smi</c>'s XML, others' through the sampler.</summary>
/// <param name="time">The clock.</param>
internal sealed class GpuInventoryReader(TimeProvider time)
{
    private const string AmdDriver = "/sys/module/amdgpu/version";

    private readonly NvidiaSmi _nvidia = new(time);
    private readonly GpuSampler _sampler = new(time);

    /// <exception cref="LlmOpsException">As <see cref="GpuSampler.SampleAsync"/>.</exception>
    public async Task<GpuInventory> ReadAsync(TimeSpan limit, CancellationToken cancel)
    {
        try
        {
            return await ReadNvidiaAsync(limit, cancel).ConfigureAwait(false);
        }
        catch (LlmOpsException) when (!cancel.IsCancellationRequested)
        {
            // The sampler tries the other makers' tools, and says best what is wrong if none answers.
            var gpus = await _sampler.SampleAsync(limit, cancel).ConfigureAwait(false);
            var driver = File.Exists(AmdDriver) ? (await File.ReadAllTextAsync(AmdDriver, cancel).ConfigureAwait(false)).Trim() : null;
            return new GpuInventory(driver, null, [.. gpus.Select(gpu => new RigReportGpu { Index = gpu.Index, Name = gpu.Name, Uuid = gpu.Uuid, Memory = gpu.Total, PowerLimit = gpu.PowerLimit })]);
        }
    }

    private async Task<GpuInventory> ReadNvidiaAsync(TimeSpan limit, CancellationToken cancel)
    {
        var logRun = _nvidia.ReadLogAsync(limit, cancel);
        var topologyRun = _nvidia.ReadTopologyAsync(limit, cancel);
        var capabilityRun = _nvidia.ReadComputeCapabilityAsync(limit, cancel);
        await Task.WhenAll(logRun, topologyRun, capabilityRun).ConfigureAwait(false);
        var log = await logRun.ConfigureAwait(false);
        var topology = await topologyRun.ConfigureAwait(false);
        var capability = await capabilityRun.ConfigureAwait(false);
        var versions = log is { DriverVersion: not null, CudaVersion: not null } ? default : await _nvidia.ReadVersionsAsync(limit, cancel).ConfigureAwait(false);
        var facts = log.Gpus.Select(gpu => gpu.Facts).ToList();
        var system = facts.Any(gpu => gpu.Memory is null) ? SystemMemory.Read().Total : null;
        return new GpuInventory(log.DriverVersion ?? versions.Driver, log.CudaVersion ?? versions.Cuda, [.. facts.Select(Gpu)]);

        RigReportGpu Gpu(RigReportGpu gpu) => gpu with
        {
            ComputeCapability = capability.GetValueOrDefault(gpu.Uuid ?? ""),
            Memory = gpu.Memory ?? system,
            Links = [.. facts.Where(peer => topology[gpu.Index, peer.Index] is not null).Select(peer => Link(topology[gpu.Index, peer.Index]!, peer.Index))],
        };

        static RigReportLink Link(string path, int peer) => new(peer, path, SmiTopology.NvLinks(path));
    }
}
