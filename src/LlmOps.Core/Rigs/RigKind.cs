namespace LlmOps.Rigs;

/// <summary>How a rig is reached.</summary>
public enum RigKind
{
    /// <summary>A machine reached by SSH.</summary>
    Ssh,

    /// <summary>This machine.</summary>
    Local,

    /// <summary>A rehearsal rig: a folder on this machine that behaves like a GPU machine and costs nothing.</summary>
    Simulated,
}
