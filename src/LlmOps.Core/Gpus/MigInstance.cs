namespace LlmOps.Gpus;

/// <summary>One part of a GPU that is divided by NVIDIA's Multi-Instance GPU.</summary>
/// <param name="Index">Its number on the GPU.</param>
/// <param name="GpuInstanceId">The GPU instance: a slice of memory and of multiprocessors.</param>
/// <param name="ComputeInstanceId">The compute instance inside it.</param>
/// <param name="Multiprocessors">How many multiprocessors it has.</param>
/// <param name="Used">Memory in use, in bytes.</param>
/// <param name="Free">Memory that is free, in bytes.</param>
/// <param name="Total">All its memory, in bytes.</param>
public sealed record MigInstance(int Index, int? GpuInstanceId, int? ComputeInstanceId, int? Multiprocessors, long? Used, long? Free, long? Total);
