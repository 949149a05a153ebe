using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>
/// What an interrupted hf has left of a file: <c>NAME.incomplete</c> (up to 1.17, and huggingface.js) or <c>NAME.8HEX.incomplete</c> (from 1.18).
/// Both are written from the start on without gaps. Only for who holds the file's lock: then nobody writes to them any more.
/// </summary>
internal static partial class OrphanFile
{
    private const string OwnEnding = ".llmops.incomplete";

    /// <summary>The longest that fits, or null.</summary>
    /// <param name="file">The file.</param>
    /// <param name="partialPath">Where our own partial data would be.</param>
    public static string? Find(HubFile file, string partialPath)
    {
        var stem = partialPath[..^OwnEnding.Length];
        var (folder, name) = (Path.GetDirectoryName(stem)!, Path.GetFileName(stem));
        if (!Directory.Exists(folder)) return null;
        return new DirectoryInfo(folder).EnumerateFiles(name + ".*incomplete")
            .Where(orphan => orphan.LinkTarget is null && orphan.Length > 0 && orphan.Length <= file.Size && Ending().IsMatch(orphan.Name[name.Length..]))
            .MaxBy(orphan => orphan.Length)?.FullName;
    }

    [GeneratedRegex(@"^(\.[0-9a-f]{8})?\.incomplete$", RegexOptions.NonBacktracking)]
    private static partial Regex Ending();
}
