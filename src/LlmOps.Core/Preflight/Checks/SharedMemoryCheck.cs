using LlmOps.Hub;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether /dev/shm is large enough for NCCL and the workers that exchange data through it. Docker gives 64 MiB unless told otherwise.</summary>
internal sealed class SharedMemoryCheck : IRigCheck
{
    // NCCL makes segments of about 10 MB for each pair of GPUs (vllm-project/vllm#1710, #6574 show them failing in 64 MiB).
    private const long PerGpu = 64L << 20;
    private const long Comfortable = 1L << 30;

    public string Name => "SharedMemory";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        const string remedy = "Start the container with --ipc=host or --shm-size 16g; outside one: sudo mount -o remount,size=16G /dev/shm";
        if (!Directory.Exists("/dev/shm")) return Finding.Fail("There is no /dev/shm.", "no folder /dev/shm", remedy);
        var (space, evidence) = await VolumeSpace.OfAsync(survey, "/dev/shm", cancel).ConfigureAwait(false);
        if (space is null) return null;
        var seen = $"{ByteText.Of(space.Free)} of {ByteText.Of(space.Total)} are free in /dev/shm";
        if (survey.GpuCount < 2) return Finding.Pass($"{seen}; one GPU needs little of it.", evidence);
        if (space.Free <= PerGpu * survey.GpuCount) return Finding.Fail($"{seen}: too little for {survey.GpuCount} GPUs.", evidence, remedy);
        return space.Free < Comfortable ? Finding.Warn($"{seen}: it may not be enough.", evidence, remedy) : Finding.Pass($"{seen}.", evidence);
    }
}
