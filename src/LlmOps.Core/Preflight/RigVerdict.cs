namespace LlmOps.Preflight;

/// <summary>What a check says.</summary>
public enum RigVerdict
{
    /// <summary>All is well.</summary>
    Pass,

    /// <summary>It works, and less well than it could.</summary>
    Warn,

    /// <summary>A server can't start, or soon fails.</summary>
    Fail,
}
