using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace LlmOps.Help;

/// <summary>One cmdlet's help page in MAML, the format that Get-Help reads.</summary>
/// <param name="page">What the documentation says of the cmdlet.</param>
/// <param name="related">The names of the cmdlets and topics to point to.</param>
internal sealed class MamlCommand(CmdletDocs page, IEnumerable<string> related)
{
    internal static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    internal static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    internal static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private const int TitleLength = 90;

    public XElement ToXml() => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", page.Cmdlet.Name),
            new XElement(Command + "verb", page.Cmdlet.Verb),
            new XElement(Command + "noun", page.Cmdlet.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Command + "syntax", page.Cmdlet.ParameterSets.Select(Syntax)),
        new XElement(Command + "parameters", page.Parameters.Select(Parameter)),
        new XElement(Command + "inputTypes", Inputs().Select(type => new XElement(Command + "inputType", Named(type), Description([page.OfType(type)])))),
        new XElement(Command + "returnValues", Outputs().Select(type => new XElement(Command + "returnValue", Named(type), Description([page.OfType(type)])))),
        new XElement(Command + "examples", page.Examples.Select((example, index) => Example(index + 1, example.Text, example.Code))),
        new XElement(
            Command + "relatedLinks",
            page.Links.Concat(related.Select(name => (Text: name, Address: ""))).Select(link =>
                new XElement(Maml + "navigationLink", new XElement(Maml + "linkText", link.Text), new XElement(Maml + "uri", link.Address)))));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.Select(text => new XElement(Maml + "para", text));

    private static XElement Named(Type type) => new(Dev + "type", new XElement(Maml + "name", TypeName(type)));

    private static string TypeName(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? TypeName(underlying) : type.IsArray ? TypeName(type.GetElementType()!) + "[]" : type.Name;

    private static string Position(int position) => position < 0 ? "named" : position.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Pipeline(bool byValue, bool byName) =>
        (byValue, byName) switch { (true, true) => "true (ByValue, ByPropertyName)", (true, false) => "true (ByValue)", (false, true) => "true (ByPropertyName)", _ => "false" };

    private static XElement Example(int number, IReadOnlyList<string> text, string code)
    {
        var titled = text is [{ Length: <= TitleLength }, ..];
        return new XElement(
            Command + "example",
            new XElement(Maml + "title", titled ? $"Example {number}: {text[0].TrimEnd('.', ':')}" : $"Example {number}"),
            new XElement(Dev + "code", code),
            new XElement(Dev + "remarks", Paragraphs(titled ? text.Skip(1) : text)));
    }

    private XElement Syntax(CommandParameterSetInfo set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", page.Cmdlet.Name),
        set.Parameters.Where(parameter => CmdletDocs.IsOwn(parameter.Name))
            .OrderBy(parameter => parameter.Position < 0 ? int.MaxValue : parameter.Position).ThenBy(parameter => !parameter.IsMandatory)
            .Select(parameter => Parameter(
                parameter.Name, parameter.ParameterType, parameter.Aliases, parameter.IsMandatory, parameter.Position,
                Pipeline(parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName), inSyntax: true)));

    private XElement Parameter(ParameterMetadata parameter)
    {
        var sets = parameter.ParameterSets.Values.ToList();
        return Parameter(
            parameter.Name, parameter.ParameterType, parameter.Aliases, sets.TrueForAll(set => set.IsMandatory), sets.Max(set => set.Position),
            Pipeline(sets.Exists(set => set.ValueFromPipeline), sets.Exists(set => set.ValueFromPipelineByPropertyName)), inSyntax: false);
    }

    private XElement Parameter(string name, Type type, IReadOnlyCollection<string> aliases, bool required, int position, string pipeline, bool inSyntax)
    {
        var property = page.Property(name);
        var isSwitch = type == typeof(SwitchParameter);
        var choices = Choices(type, property);
        return new XElement(
            Command + "parameter",
            new XAttribute("required", required),
            new XAttribute("variableLength", type.IsArray),
            new XAttribute("globbing", property?.GetCustomAttribute<SupportsWildcardsAttribute>() is not null),
            new XAttribute("pipelineInput", pipeline),
            new XAttribute("position", Position(position)),
            new XAttribute("aliases", aliases.Count == 0 ? "none" : string.Join(", ", aliases)),
            new XElement(Maml + "name", name),
            Description([page.OfParameter(name), .. choices.Count == 0 || inSyntax ? Array.Empty<string>() : [$"One of: {string.Join(", ", choices)}."]]),
            inSyntax && choices.Count > 0
                ? new XElement(Command + "parameterValueGroup", choices.Select(choice => Value(choice, type, required: false)))
                : isSwitch && inSyntax ? null : Value(TypeName(type), type, required: !isSwitch),
            Named(type),
            new XElement(Dev + "defaultValue", DefaultValue(property, isSwitch, required)));
    }

    private static XElement Value(string text, Type type, bool required) =>
        new(Command + "parameterValue", new XAttribute("required", required), new XAttribute("variableLength", type.IsArray), text);

    private static IReadOnlyList<string> Choices(Type type, PropertyInfo? property)
    {
        if (property?.GetCustomAttribute<ValidateSetAttribute>() is { } set) return [.. set.ValidValues];
        var item = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        return item.IsEnum ? Enum.GetNames(item) : [];
    }

    private string DefaultValue(PropertyInfo? property, bool isSwitch, bool required)
    {
        if (isSwitch) return "False";
        if (property is null || required) return "None";
        var value = property.GetValue(Activator.CreateInstance(page.Cmdlet.ImplementingType));
        var text = value is Array items
            ? string.Join(", ", items.Cast<object>())
            : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        return string.IsNullOrEmpty(text) ? "None" : text;
    }

    private IEnumerable<Type> Inputs() =>
        page.Parameters.Where(parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline)).Select(parameter => parameter.ParameterType).Distinct();

    private IEnumerable<Type> Outputs() => page.Cmdlet.OutputType.Select(output => output.Type).OfType<Type>().Distinct();
}
