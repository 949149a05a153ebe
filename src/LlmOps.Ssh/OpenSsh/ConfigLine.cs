using System.Text;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>One line of ssh_config: a keyword, white space or one <c>=</c>, and words that may be quoted; <c>#</c> begins a comment.</summary>
/// <param name="Keyword">The keyword in small letters.</param>
/// <param name="Words">The words after it, without their quotes.</param>
/// <param name="Rest">Everything after the keyword as it stands, for those that take a whole line.</param>
internal sealed record ConfigLine(string Keyword, IReadOnlyList<string> Words, string Rest)
{
    /// <summary>Reads a line; null for an empty one and a comment.</summary>
    /// <exception cref="FormatException">A quote has no end, or the line is no text.</exception>
    public static ConfigLine? Parse(string line)
    {
        if (line.Contains('\0')) throw new FormatException("The line holds a null character.");
        line = line.Trim(' ', '\t', '\r', '\f');
        if (line.Length == 0 || line[0] == '#') return null;
        string keyword, rest;
        if (line[0] == '"')
        {
            var end = line.IndexOf('"', 1);
            if (end < 0) throw new FormatException("A quote has no end.");
            (keyword, rest) = (line[1..end], line[(end + 1)..]);
        }
        else
        {
            var end = line.AsSpan().IndexOfAny(" \t=");
            (keyword, rest) = end < 0 ? (line, "") : (line[..end], line[end..]);
        }

        rest = rest.TrimStart(' ', '\t');
        if (rest.StartsWith('=')) rest = rest[1..].TrimStart(' ', '\t');
        return new ConfigLine(keyword.ToLowerInvariant(), Split(rest), rest);
    }

    private static List<string> Split(string text)
    {
        var words = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t') at++;
            if (at >= text.Length || text[at] == '#') return words;
            words.Add(ReadWord(text, ref at));
        }
    }

    private static string ReadWord(string text, ref int at)
    {
        var word = new StringBuilder();
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter == '\\' && at + 1 < text.Length && (text[at + 1] is '\'' or '"' or '\\' || (quote == '\0' && text[at + 1] == ' '))) word.Append(text[++at]);
            else if (quote == '\0' && letter is ' ' or '\t') break;
            else if (quote == '\0' && letter is '"' or '\'') quote = letter;
            else if (quote != '\0' && letter == quote) quote = '\0';
            else word.Append(letter);
        }

        return quote == '\0' ? word.ToString() : throw new FormatException("A quote has no end.");
    }
}
