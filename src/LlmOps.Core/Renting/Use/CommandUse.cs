namespace LlmOps.Renting;

/// <summary>Commands over LlmOps' own connection, as <see cref="CommandMark"/> marks them: one that is at work, or has been since the last look.</summary>
/// <param name="file">The file of the marks.</param>
internal sealed class CommandUse(string file) : IRigUseSensor
{
    private static readonly RigUse Command = new("a command");

    private DateTime? _before;

    /// <inheritdoc/>
    public Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        var last = File.GetLastWriteTimeUtc(file); // of a file that is not there, too
        var isNew = _before is { } before && before != last;
        _before = last;
        return Task.FromResult(isNew || IsHeld() ? Command : RigUse.None);
    }

    private bool IsHeld()
    {
        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
