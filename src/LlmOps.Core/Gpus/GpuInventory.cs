namespace LlmOps.Gpus;

/// <summary>The lasting facts of a machine's GPUs.</summary>
/// <param name="DriverVersion">The driver's version.</param>
/// <param name="CudaVersion">The newest CUDA that it runs; null on AMD.</param>
/// <param name="Gpus">The GPUs, by index.</param>
internal sealed record GpuInventory(string? DriverVersion, string? CudaVersion, IReadOnlyList<Rigs.RigReportGpu> Gpus);
