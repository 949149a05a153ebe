using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>Says whether a path from a repository may be written below a folder. What leaves the folder under the rules of Unix or of Windows is refused on both.</summary>
internal static partial class SafePath
{
    /// <summary>The path with the platform's separators.</summary>
    /// <exception cref="LlmOpsException"><c>HubPathUnsafe</c>.</exception>
    public static string Validate(string path) =>
        IsSafe(path, OperatingSystem.IsWindows()) ? path.Replace('/', Path.DirectorySeparatorChar) : throw HubErrors.PathUnsafe(path);

    internal static bool IsSafe(string path, bool forWindows)
    {
        if (path.Length == 0 || path.Any(char.IsControl) || path[0] == '\\' || Drive().IsMatch(path)) return false;
        if (path.Split('/', '\\').Any(part => part is "..")) return false;
        var parts = path.Split('/');
        if (parts.Any(part => part is "" or ".")) return false;
        return !forWindows || (path.AsSpan().IndexOfAny("\\<>:\"|?*") < 0 && !parts.Any(part => part[^1] is '.' or ' ' || Reserved().IsMatch(part)));
    }

    [GeneratedRegex(@"\A[A-Za-z]:")]
    private static partial Regex Drive();

    [GeneratedRegex(@"\A(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reserved();
}
