namespace LlmOps.Hub.Tests;

/// <summary>What the fake Hub does wrong.</summary>
public enum FakeFaultKind
{
    /// <summary>Sends some of the body, then resets the connection.</summary>
    Reset,

    /// <summary>Sends some of the body, then closes the connection.</summary>
    Close,

    /// <summary>Resets the connection instead of answering.</summary>
    NoAnswer,

    /// <summary>Says that the body is shorter than it is.</summary>
    Truncate,

    /// <summary>Changes one byte of the body.</summary>
    Corrupt,

    /// <summary>Sends other bytes of the right length.</summary>
    Garbage,

    /// <summary>Answers with a status.</summary>
    Status,

    /// <summary>Hands out an address that has expired.</summary>
    Expired,

    /// <summary>Sends some of the body, then nothing.</summary>
    Stall,

    /// <summary>Ignores Range.</summary>
    NoRange,

    /// <summary>Leaves out X-Repo-Commit.</summary>
    NoHeader,

    /// <summary>Sends a web page.</summary>
    Html,
}

/// <summary>A fault of the fake Hub.</summary>
/// <param name="Target">Which requests: <c>info</c>, <c>tree</c>, <c>resolve</c>, <c>cdn</c>, <c>token</c>, <c>plan</c> (how a file is put together) or <c>xorb</c>.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Times">How often.</param>
/// <param name="Bytes">After how many bytes of a body.</param>
/// <param name="Status">The status.</param>
/// <param name="Header">A header to add, as <c>Name: value</c>.</param>
public sealed record FakeFault(string Target, FakeFaultKind Kind, int Times = 1, int Bytes = 10_000, int Status = 503, string? Header = null);
