namespace LlmOps.Gpus;

/// <summary>A vendor's tool that tells about its GPUs.</summary>
internal interface IGpuTool
{
    /// <summary>Reads all GPUs once.</summary>
    /// <param name="limit">How long the tool may take.</param>
    /// <param name="cancel">Ends the tool.</param>
    /// <exception cref="LlmOpsException"><c>ProgramNotFound</c> if the tool is not installed; else what is wrong with the GPUs.</exception>
    Task<IReadOnlyList<GpuMemory>> SampleAsync(TimeSpan limit, CancellationToken cancel);
}
