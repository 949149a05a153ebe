namespace LlmOps.Hub.Xet;

/// <summary>A run of chunks of one xorb that is a part of a file.</summary>
/// <param name="Xorb">The xorb's hash.</param>
/// <param name="Start">The first chunk.</param>
/// <param name="End">The chunk after the last.</param>
/// <param name="Length">How many bytes of the file they are.</param>
internal sealed record XetTerm(string Xorb, int Start, int End, long Length);

/// <summary>A run of chunks of a xorb that one request brings.</summary>
/// <param name="Address">A signed address. It allows exactly this range.</param>
/// <param name="Start">The first chunk.</param>
/// <param name="End">The chunk after the last.</param>
/// <param name="From">The first byte of the xorb.</param>
/// <param name="To">The last byte.</param>
internal sealed record XorbRange(Uri Address, int Start, int End, long From, long To)
{
    /// <summary>The length in bytes.</summary>
    public long Length => To - From + 1;
}
