namespace LlmOps.Ssh.OpenSsh;

/// <summary>OpenSSH's patterns (ssh_config(5), PATTERNS): <c>*</c>, <c>?</c>, and in lists <c>!</c> for what must not match.</summary>
internal static class HostPattern
{
    /// <summary>Whether a text matches one pattern, letter by letter.</summary>
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        int at = 0, star = -1, resume = 0, from = 0;
        while (from < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resume = from;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == text[from]))
            {
                at++;
                from++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                from = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }

    /// <summary>Whether a text matches a list: at least one pattern does, and none that is negated.</summary>
    public static bool MatchesAny(string text, IEnumerable<string> patterns)
    {
        var found = false;
        foreach (var pattern in patterns)
        {
            var negated = pattern.StartsWith('!');
            if (!Matches(text, pattern.AsSpan(negated ? 1 : 0))) continue;
            if (negated) return false;
            found = true;
        }

        return found;
    }
}
