namespace LlmOps.Benchmarks.Downloads;

/// <summary>What a download took.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="ProcessorSeconds">Of all its processors together, user and system.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
/// <param name="BaseBytes">Of which were resident before it began; 0 for a program that was started for it.</param>
internal sealed record Usage(double Seconds, double ProcessorSeconds, long PeakBytes, long BaseBytes);
