namespace LlmOps.Ssh.OpenSsh;

/// <summary>Judges a Match line by what can be known without running anything: all, host, originalhost, user, localuser, canonical.</summary>
/// <param name="alias">The host as the user named it.</param>
/// <param name="localUser">The user's name on this machine.</param>
/// <param name="values">What the configuration has said so far.</param>
internal sealed class MatchCriteria(string alias, string localUser, ConfigValues values)
{
    /// <summary>Whether all criteria hold.</summary>
    /// <param name="words">The line's words.</param>
    /// <param name="unsupported">The failure for a criterion that decides and can't be judged.</param>
    public bool Hold(IReadOnlyList<string> words, Func<LlmOpsException> unsupported)
    {
        var unknown = false;
        for (var at = 0; at < words.Count; at++)
        {
            var negated = words[at].StartsWith('!');
            var criterion = words[at][(negated ? 1 : 0)..].ToLowerInvariant();
            bool? holds = criterion switch
            {
                "all" => true,
                "canonical" => false, // names are never canonicalised here
                "host" when ++at < words.Count => Matches(TokenExpansion.HostName(values.First("hostname"), alias), words[at]),
                "originalhost" when ++at < words.Count => Matches(alias, words[at]),
                "user" when ++at < words.Count => Matches(values.First("user") ?? localUser, words[at]),
                "localuser" when ++at < words.Count => Matches(localUser, words[at]),
                _ => null,
            };
            if (holds == negated) return false;
            if (holds is not null) continue;
            unknown = true;
            if (criterion != "final") at++; // the rest of those that are not judged take a value
        }

        return unknown ? throw unsupported() : true;
    }

    private static bool Matches(string text, string patterns) => HostPattern.MatchesAny(text, patterns.Split(','));
}
