namespace LlmOps.Gpus;

/// <summary>Who makes a GPU.</summary>
public enum GpuVendor
{
    /// <summary>NVIDIA: CUDA.</summary>
    Nvidia,

    /// <summary>AMD: ROCm.</summary>
    Amd,

    /// <summary>Apple: Metal, with memory that the processor shares.</summary>
    Apple,
}
