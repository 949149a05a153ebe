namespace LlmOps.Hub;

/// <summary>Files of a repository that a download leaves out since they hold the same model in another form.</summary>
/// <param name="What">Which form: a format, a folder, a quantization.</param>
/// <param name="FileCount">How many files.</param>
/// <param name="Size">Their size in bytes.</param>
public sealed record LeftOutFiles(string What, int FileCount, long Size)
{
    /// <summary>What, how many and how large.</summary>
    public override string ToString() => $"{What} ({(FileCount == 1 ? "1 file" : FileCount + " files")}, {ByteText.Of(Size)})";
}
