using LlmOps.Gpus;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Agent.Handlers;

/// <summary>Reads the rig's GPUs, once or again and again.</summary>
internal static class GpuHandlers
{
    private static readonly GpuSampler Sampler = new(TimeProvider.System);

    public static void Register(AgentServer server)
    {
        server.Register(GpuOperations.Memory, async (args, _, cancel) =>
            new GpuSample(await Sampler.SampleAsync(Limit(args.LimitMilliseconds), cancel).ConfigureAwait(false)));
        server.Register(GpuOperations.Watch, async (args, request, cancel) =>
        {
            await Sampler.WatchAsync(
                TimeSpan.FromMilliseconds(Math.Max(1, args.IntervalMilliseconds)), Limit(args.LimitMilliseconds), gpus => request.SendAsync(new GpuSample(gpus), cancel), cancel).ConfigureAwait(false);
            return Nothing.Value;
        });
    }

    private static TimeSpan Limit(int? milliseconds) => milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : GpuSampler.DefaultLimit;
}
