namespace LlmOps.Hub;

/// <summary>How far the check of a model is.</summary>
/// <param name="File">The file that has just been checked; null while one is being read.</param>
/// <param name="BytesDone">How many bytes have been read.</param>
/// <param name="BytesTotal">How many there are to read.</param>
public sealed record ModelTestReport(TestedModelFile? File, long BytesDone, long BytesTotal);
