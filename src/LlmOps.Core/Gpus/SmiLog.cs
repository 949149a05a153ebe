namespace LlmOps.Gpus;

/// <summary>What <c>nvidia-smi -q -x</c> says of the machine.</summary>
/// <param name="DriverVersion">Such as <c>580.159.04</c>.</param>
/// <param name="CudaVersion">The newest CUDA that the driver runs, such as <c>13.0</c>.</param>
/// <param name="Gpus">The GPUs in <c>nvidia-smi</c>'s order.</param>
internal sealed record SmiLog(string? DriverVersion, string? CudaVersion, IReadOnlyList<SmiLogGpu> Gpus);
