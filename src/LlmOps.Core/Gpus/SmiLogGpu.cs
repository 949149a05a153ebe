using LlmOps.Rigs;

namespace LlmOps.Gpus;

/// <summary>What <c>nvidia-smi -q -x</c> says of one GPU.</summary>
/// <param name="Facts">What does not change from moment to moment, without the compute capability and the links, which it does not tell.</param>
/// <param name="MigInstances">The instances that it is divided into.</param>
/// <param name="Processes">The processes that use it.</param>
internal sealed record SmiLogGpu(RigReportGpu Facts, IReadOnlyList<MigInstance> MigInstances, IReadOnlyList<GpuProcess> Processes);
