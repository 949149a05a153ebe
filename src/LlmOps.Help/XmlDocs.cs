using System.Reflection;
using System.Xml.Linq;

namespace LlmOps.Help;

/// <summary>The XML documentation of some assemblies, as the compiler writes it.</summary>
public sealed class XmlDocs
{
    private readonly Dictionary<string, XElement> _members = [];

    /// <summary>Reads documentation files.</summary>
    /// <param name="files">The files; one that is not there is left out.</param>
    public XmlDocs(IEnumerable<string> files)
    {
        foreach (var member in files.Where(File.Exists).SelectMany(file => XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member")))
        {
            if ((string?)member.Attribute("name") is { } name) _members[name] = member;
        }
    }

    /// <summary>What is written about a type, or null.</summary>
    /// <param name="type">The type.</param>
    public XElement? Of(Type type) => _members.GetValueOrDefault("T:" + Name(type));

    /// <summary>What is written about a property where it is declared, or null.</summary>
    /// <param name="property">The property.</param>
    public XElement? Of(PropertyInfo property) => _members.GetValueOrDefault($"P:{Name(property.DeclaringType!)}.{property.Name}");

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
}
