namespace LlmOps.Hub;

/// <summary>Whether a file is in a store.</summary>
internal enum FilePresence
{
    /// <summary>It is not, or it is damaged.</summary>
    Absent,

    /// <summary>A file of its size is there that only its hash can tell.</summary>
    Unverified,

    /// <summary>It is.</summary>
    Present,
}
