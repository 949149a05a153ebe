using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LlmOps.Help;

/// <summary>Turns the markup of XML documentation into plain paragraphs.</summary>
public static partial class DocText
{
    /// <summary>The paragraphs of an element: one for each <c>para</c> and list item, and one for the text around them.</summary>
    /// <param name="element">The element, such as <c>remarks</c>; null has none.</param>
    public static IReadOnlyList<string> Paragraphs(XElement? element)
    {
        if (element is null) return [];
        var found = new List<string>();
        var loose = "";
        foreach (var node in element.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" } para) Add(Inline(para));
            else if (node is XElement { Name.LocalName: "list" } list) list.Elements("item").ToList().ForEach(item => Add("- " + Squeeze(Inline(item))));
            else if (node is XElement { Name.LocalName: "code" }) Flush();
            else loose += Inline(node);
        }

        Flush();
        return found;

        void Add(string text)
        {
            Flush();
            if (Squeeze(text) is { Length: > 0 } paragraph) found.Add(paragraph);
        }

        void Flush()
        {
            if (Squeeze(loose) is { Length: > 0 } paragraph) found.Add(paragraph);
            loose = "";
        }
    }

    /// <summary>The text of an element in one paragraph; empty for null.</summary>
    /// <param name="element">The element.</param>
    public static string Line(XElement? element) => string.Join(' ', Paragraphs(element));

    /// <summary>The lines of a <c>code</c> element without the indentation they share.</summary>
    /// <param name="code">The element.</param>
    public static string Code(XElement code)
    {
        var lines = code.Value.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).ToList();
        while (lines.Count > 0 && lines[0].Length == 0) lines.RemoveAt(0);
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        var indent = lines.Skip(1).Append(lines.FirstOrDefault() ?? "").Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length);
        var shared = lines.Count > 1 ? indent.DefaultIfEmpty(0).Min() : lines.Sum(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length >= shared ? line[shared..] : line));
    }

    private static string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" } see => see.Value.Length > 0 ? see.Value : Reference(see),
        XElement { Name.LocalName: "paramref" or "typeparamref" } named => (string?)named.Attribute("name") ?? "",
        XElement element => string.Concat(element.Nodes().Select(Inline)),
        _ => "",
    };

    private static string Reference(XElement see)
    {
        if ((string?)see.Attribute("cref") is not { } cref) return (string?)see.Attribute("langword") ?? (string?)see.Attribute("href") ?? "";
        var name = cref.Split('(')[0].Split('.', ':')[^1];
        var parts = cref.StartsWith("T:", StringComparison.Ordinal) ? CommandClass().Match(name) : Match.Empty;
        return parts.Success ? $"{parts.Groups[1].Value}-{parts.Groups[2].Value}" : name;
    }

    private static string Squeeze(string text) => Whitespace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex("^([A-Z][a-z]+)([A-Z][A-Za-z]+)Command$")]
    private static partial Regex CommandClass();
}
