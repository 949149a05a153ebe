using System.Text;
using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>
/// Which files of a repository are wanted, by the patterns of <c>hf download</c>: Python's <c>fnmatch</c> over the whole path, with case.
/// <c>*</c> and <c>?</c> cross <c>/</c>; <c>[abc]</c>, <c>[!abc]</c> and <c>[a-z]</c> are sets; a pattern that ends in <c>/</c> means all below.
/// </summary>
public sealed class FileSelection
{
    private readonly Regex[] _include;
    private readonly Regex[] _exclude;

    /// <summary>Prepares a selection.</summary>
    /// <param name="include">A file must match one of these; none means all.</param>
    /// <param name="exclude">A file must match none of these.</param>
    public FileSelection(IEnumerable<string> include, IEnumerable<string> exclude)
    {
        _include = [.. include.Select(Translate)];
        _exclude = [.. exclude.Select(Translate)];
    }

    /// <summary>The pattern that matches one path and nothing else.</summary>
    /// <param name="path">The path.</param>
    public static string Literal(string path) => string.Concat(path.Select(letter => letter is '[' or '*' or '?' ? $"[{letter}]" : letter.ToString()));

    /// <summary>True if the file is wanted.</summary>
    /// <param name="path">Its path in the repository.</param>
    public bool Selects(string path)
    {
        var plain = path.Replace('\\', '/');
        return (_include.Length == 0 || _include.Any(pattern => pattern.IsMatch(plain))) && !_exclude.Any(pattern => pattern.IsMatch(plain));
    }

    private static Regex Translate(string pattern)
    {
        pattern = pattern.Replace('\\', '/');
        if (pattern.EndsWith('/')) pattern += "*";
        var regex = new StringBuilder(@"\A");
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '*') regex.Append(".*");
            else if (pattern[at] == '?') regex.Append('.');
            else if (pattern[at] == '[' && EndOfSet(pattern, at) is { } end)
            {
                AppendSet(regex, pattern[(at + 1)..end]);
                at = end;
            }
            else regex.Append(Regex.Escape(pattern[at].ToString()));
        }

        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    private static int? EndOfSet(string pattern, int start)
    {
        var first = start + 1;
        if (first < pattern.Length && pattern[first] == '!') first++;
        // A ']' directly after the opening is a member.
        var end = first + 1 <= pattern.Length ? pattern.IndexOf(']', Math.Min(first + 1, pattern.Length)) : -1;
        return end < 0 ? null : end;
    }

    private static void AppendSet(StringBuilder regex, string set)
    {
        var negated = set.StartsWith('!');
        var members = negated ? set[1..] : set;
        var body = new StringBuilder();
        for (var at = 0; at < members.Length; at++)
        {
            if (at + 2 < members.Length && members[at + 1] == '-')
            {
                // A range that runs backwards is empty.
                if (members[at] <= members[at + 2]) body.Append(Code(members[at])).Append('-').Append(Code(members[at + 2]));
                at += 2;
            }
            else
            {
                body.Append(Code(members[at]));
            }
        }

        if (body.Length == 0) regex.Append(negated ? "." : "[^\\s\\S]");
        else regex.Append(negated ? "[^" : "[").Append(body).Append(']');
    }

    private static string Code(char member) => $@"\u{(int)member:X4}";
}
