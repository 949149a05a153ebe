using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace LlmOps.Help;

/// <summary>What the documentation says of one cmdlet.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="docs">The documentation.</param>
public sealed class CmdletDocs(CmdletInfo cmdlet, XmlDocs docs)
{
    private readonly XElement? _class = docs.Of(cmdlet.ImplementingType);

    /// <summary>The cmdlet.</summary>
    public CmdletInfo Cmdlet { get; } = cmdlet;

    /// <summary>One sentence.</summary>
    public string Synopsis => DocText.Line(_class?.Element("summary"));

    /// <summary>The paragraphs of the description.</summary>
    public IReadOnlyList<string> Description => DocText.Paragraphs(_class?.Element("remarks"));

    /// <summary>The worked examples: what each shows, and its code.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Text, string Code)> Examples =>
        [.. (_class?.Elements("example") ?? []).Select(example =>
            (DocText.Paragraphs(example), string.Join('\n', example.Elements("code").Select(DocText.Code))))];

    /// <summary>The addresses and names that <c>seealso</c> names.</summary>
    public IReadOnlyList<(string Text, string Address)> Links =>
        [.. (_class?.Elements("seealso") ?? []).Select(link => (DocText.Line(new XElement("x", link)), (string?)link.Attribute("href") ?? ""))];

    /// <summary>The cmdlet's own parameters by name.</summary>
    public IReadOnlyList<ParameterMetadata> Parameters =>
        [.. Cmdlet.Parameters.Values.Where(parameter => IsOwn(parameter.Name)).OrderBy(parameter => parameter.Name, StringComparer.Ordinal)];

    /// <summary>The text of a parameter; empty if there is none.</summary>
    /// <param name="name">The parameter's name.</param>
    public string OfParameter(string name) => name switch
    {
        "WhatIf" => "Shows what would happen, and does nothing.",
        "Confirm" => "Asks before each change.",
        _ => Property(name) is { } property ? DocText.Line(docs.Of(property)?.Element("summary")) : "",
    };

    /// <summary>The text of an output type; empty if there is none.</summary>
    /// <param name="type">The type.</param>
    public string OfType(Type type) => DocText.Line(docs.Of(type)?.Element("summary"));

    /// <summary>The property behind a parameter.</summary>
    /// <param name="name">The parameter's name.</param>
    public PropertyInfo? Property(string name) => Cmdlet.ImplementingType.GetProperty(name, BindingFlags.Public | BindingFlags.Instance);

    /// <summary>What is missing, in sentences.</summary>
    public IEnumerable<string> Problems()
    {
        if (Synopsis.Length == 0) yield return $"{Cmdlet.Name} has no <summary>.";
        if (Description.Count == 0) yield return $"{Cmdlet.Name} has no <remarks>.";
        if (Examples.Count == 0) yield return $"{Cmdlet.Name} has no <example>.";
        foreach (var (text, code) in Examples)
        {
            if (text.Count == 0) yield return $"An example of {Cmdlet.Name} does not say what it shows: {code}";
            if (code.Length == 0) yield return $"An example of {Cmdlet.Name} has no <code>: {string.Join(' ', text)}";
        }

        foreach (var parameter in Parameters.Where(parameter => OfParameter(parameter.Name).Length == 0))
        {
            yield return $"-{parameter.Name} of {Cmdlet.Name} has no <summary>.";
        }
    }

    /// <summary>True for a parameter that is not one of those all cmdlets have.</summary>
    /// <param name="name">The parameter's name.</param>
    public static bool IsOwn(string name) => !PSCmdlet.CommonParameters.Contains(name);
}
