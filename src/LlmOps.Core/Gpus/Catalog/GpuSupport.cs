namespace LlmOps.Gpus;

/// <summary>Whether a GPU can do something, and why or why not.</summary>
/// <param name="Name">The engine, such as <c>vLLM</c>, or the quantization, such as <c>fp8</c>.</param>
/// <param name="IsSupported">True if it can.</param>
/// <param name="Reason">Why not, or with which limit; empty where there is nothing to say.</param>
public sealed record GpuSupport(string Name, bool IsSupported, string Reason)
{
    /// <summary>The name, with a word on what is missing.</summary>
    public override string ToString() => IsSupported ? Name : $"no {Name}: {Reason}";
}
