namespace LlmOps.Preflight;

/// <summary>What a check found.</summary>
/// <param name="Verdict">What came of it.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Evidence">What it was made from.</param>
/// <param name="Remedy">What helps.</param>
internal sealed record Finding(RigVerdict Verdict, string Seen, string Evidence, string? Remedy = null)
{
    public static Finding Pass(string seen, string evidence) => new(RigVerdict.Pass, seen, evidence);

    public static Finding Warn(string seen, string evidence, string remedy) => new(RigVerdict.Warn, seen, evidence, remedy);

    public static Finding Fail(string seen, string evidence, string remedy) => new(RigVerdict.Fail, seen, evidence, remedy);

    /// <summary>As a task, for checks that wait for nothing.</summary>
    public Task<Finding?> AsTask() => Task.FromResult<Finding?>(this);
}
