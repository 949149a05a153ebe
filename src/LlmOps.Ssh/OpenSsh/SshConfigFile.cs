namespace LlmOps.Ssh.OpenSsh;

/// <summary>Reads ssh_config files for one host, as ssh_config(5) says: Host, Match, Include, the first value wins.</summary>
/// <param name="alias">The host as the user named it.</param>
/// <param name="home">The user's home folder.</param>
/// <param name="localUser">The user's name on this machine.</param>
/// <param name="values">Where the values go; what is in it already comes first.</param>
internal sealed class SshConfigFile(string alias, string home, string localUser, ConfigValues values)
{
    private const int DeepestInclude = 16;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Reads a file; one that does not exist says nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="includeFolder">Where relative paths of Include begin.</param>
    /// <exception cref="LlmOpsException"><c>SshConfigInvalid</c>, <c>SshConfigUnsupported</c>.</exception>
    public void Read(string path, string includeFolder) => Read(path, includeFolder, true, 0);

    private void Read(string path, string includeFolder, bool active, int depth)
    {
        if (!File.Exists(path)) return;
        if (depth > DeepestInclude) throw SshErrors.ConfigInvalid(path, 0, $"Include goes deeper than {DeepestInclude} files.");
        var applies = active;
        var number = 0;
        foreach (var text in Lines(path))
        {
            number++;
            if (Parse(path, number, text) is not { } line) continue;
            switch (line.Keyword)
            {
                case "host":
                    applies = active && HostPattern.MatchesAny(alias, line.Words);
                    break;
                case "match":
                    applies = active && new MatchCriteria(alias, localUser, values).Hold(line.Words, () => SshErrors.ConfigUnsupported(path, number, "Match " + line.Rest));
                    break;
                case "include" when applies:
                    foreach (var file in line.Words.SelectMany(pattern => Find(pattern, includeFolder))) Read(file, includeFolder, true, depth + 1);
                    break;
                case "proxycommand" when applies && !values.Has("proxyjump"):
                    if (!line.Rest.Equals("none", StringComparison.OrdinalIgnoreCase)) throw SshErrors.ConfigUnsupported(path, number, "ProxyCommand");
                    values.Add("proxyjump", ["none"]);
                    break;
                default:
                    if (applies) Take(path, number, line);
                    break;
            }
        }
    }

    private void Take(string path, int number, ConfigLine line)
    {
        if (line.Words.Count == 0) throw SshErrors.ConfigInvalid(path, number, $"'{line.Keyword}' has no value.");
        if (line.Keyword == "port" && !(int.TryParse(line.Words[0], out var port) && port is > 0 and < 65536))
            throw SshErrors.ConfigInvalid(path, number, $"'{line.Words[0]}' is no port.");
        if (line.Keyword == "proxyjump" && !line.Rest.Equals("none", StringComparison.OrdinalIgnoreCase) && JumpHost.ParseList(line.Words[0]) is null)
            throw SshErrors.ConfigInvalid(path, number, $"'{line.Words[0]}' is no list of jump hosts.");
        values.Add(line.Keyword, line.Words);
    }

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw SshErrors.ConfigInvalid(path, 0, unreadable.Message);
        }
    }

    private static ConfigLine? Parse(string path, int number, string text)
    {
        try
        {
            return ConfigLine.Parse(text);
        }
        catch (FormatException malformed)
        {
            throw SshErrors.ConfigInvalid(path, number, malformed.Message);
        }
    }

    private IEnumerable<string> Find(string pattern, string includeFolder)
    {
        pattern = Path.GetFullPath(TokenExpansion.Home(pattern, home), includeFolder);
        IEnumerable<string> found = [Path.GetPathRoot(pattern)!];
        foreach (var part in pattern[found.First().Length..].Split('/', Path.DirectorySeparatorChar))
        {
            found = part.AsSpan().IndexOfAny("*?") < 0
                ? found.Select(folder => Path.Join(folder, part)).Where(Path.Exists)
                : found.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", Everything))
                    .Where(entry => HostPattern.Matches(Path.GetFileName(entry), part) && (part[0] == '.' || Path.GetFileName(entry)[0] != '.'))
                    .Order(StringComparer.Ordinal);
        }

        return found.Where(File.Exists).ToList();
    }
}
