using System.Text;

namespace LlmOps.Hub;

/// <summary>
/// Reads <c>.netrc</c>, where git and curl keep passwords (the format is that of the manual of <c>ftp</c>; quotes are curl's): words
/// <c>machine NAME login USER password SECRET</c> in any lines. <c>default</c> is not used: it would send a secret to a host that nobody named.
/// </summary>
internal static class NetrcFile
{
    /// <summary>The password of a host, or null.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="host">The host.</param>
    public static string? Password(string text, string host)
    {
        var isHost = false;
        using var words = Words(text).GetEnumerator();
        while (words.MoveNext())
        {
            switch (words.Current)
            {
                case "machine":
                    isHost = words.MoveNext() && words.Current.Equals(host, StringComparison.OrdinalIgnoreCase);
                    break;
                case "default":
                    isHost = false;
                    break;
                case "password" when words.MoveNext():
                    if (isHost) return words.Current;
                    break;
                case "login" or "account":
                    words.MoveNext();
                    break;
            }
        }

        return null;
    }

    /// <summary>The words; without comments, and without macros, which go on to an empty line.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var inMacro = false;
        var previous = "";
        foreach (var line in text.Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(line)) inMacro = false;
            for (var at = 0; !inMacro && at < line.Length;)
            {
                if (char.IsWhiteSpace(line[at]))
                {
                    at++;
                    continue;
                }

                // A secret may begin with '#'; elsewhere it begins a comment.
                if (line[at] == '#' && previous != "password") break;
                var word = Word(line, ref at);
                inMacro = word == "macdef" && previous is not ("machine" or "login" or "password" or "account");
                if (inMacro) break;
                yield return previous = word;
            }
        }
    }

    private static string Word(string line, ref int at)
    {
        var word = new StringBuilder();
        var isQuoted = line[at] == '"';
        if (isQuoted) at++;
        for (; at < line.Length && (isQuoted ? line[at] != '"' : !char.IsWhiteSpace(line[at])); at++)
        {
            if (isQuoted && line[at] == '\\' && at + 1 < line.Length) at++;
            word.Append(line[at]);
        }

        if (isQuoted) at++;
        return word.ToString();
    }
}
