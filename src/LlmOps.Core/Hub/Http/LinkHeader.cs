using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>Reads the <c>Link</c> header of a listing in pages (RFC 8288): <c>&lt;address&gt;; rel="next"</c>.</summary>
internal static partial class LinkHeader
{
    /// <summary>The address of the next page, relative to <paramref name="page"/> where it is relative; null if this was the last.</summary>
    public static Uri? Next(IEnumerable<string> values, Uri page)
    {
        foreach (var value in values)
        {
            foreach (Match link in Link().Matches(value))
            {
                if (Relation().IsMatch(link.Groups["parameters"].Value) && Uri.TryCreate(page, link.Groups["address"].Value.Trim(), out var next)
                    && (next.Scheme == Uri.UriSchemeHttp || next.Scheme == Uri.UriSchemeHttps))
                    return next;
            }
        }

        return null;
    }

    [GeneratedRegex("""<(?<address>[^<>]*)>(?<parameters>(?:\s*;\s*[\w!#$&+.^`|~*-]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]+))?)*)""", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex("""(?:^|;)\s*rel\s*=\s*(?:next\s*(?:;|$)|"(?:[^"]*\s)?next(?:\s[^"]*)?")""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Relation();
}
