namespace LlmOps.Hub;

/// <summary>How far one file is.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="BytesDone">How many of its bytes are here.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record FileProgress(string Path, long BytesDone, long Size);
