namespace LlmOps.Gpus;

/// <summary>A process that uses a GPU.</summary>
/// <param name="Pid">Its process id, in the process namespace that the tool sees.</param>
/// <param name="Name">The path or name of its program.</param>
/// <param name="Used">The GPU memory that it holds, in bytes; null where the tool may not say.</param>
/// <param name="GpuInstanceId">The GPU instance it runs in, or null on a whole GPU.</param>
public sealed record GpuProcess(int Pid, string Name, long? Used, int? GpuInstanceId = null)
{
    /// <summary>Such as <c>python3 (550)</c>.</summary>
    public override string ToString() => $"{Name} ({Pid})";
}
