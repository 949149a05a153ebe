namespace LlmOps.Hub;

/// <summary>What the check of a file in the cache has found.</summary>
public enum FileVerdict
{
    /// <summary>It is, byte for byte, what the Hub lists.</summary>
    Ok,

    /// <summary>It is shorter than listed, or longer.</summary>
    Truncated,

    /// <summary>It has the right size and other bytes.</summary>
    Corrupt,

    /// <summary>Its name is there and its bytes are gone, or it is one part of a set of which other parts are there.</summary>
    Missing,

    /// <summary>The repository has no such file.</summary>
    Extra,
}
