namespace LlmOps.Rigs;

/// <summary>One build of the agent.</summary>
/// <param name="Platform">What it runs on, such as <c>linux-x64</c>; with <c>-glibc2.34</c> behind it, it needs that C library or a later one.</param>
/// <param name="Path">Where it lies on this workstation.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Hash">Its sha256, 64 hex digits.</param>
public sealed record AgentBinary(string Platform, string Path, long Size, string Hash);
