using System.Xml.Linq;

namespace LlmOps.Build;

/// <summary>The parts that make a zip file a package (Open Packaging Conventions, ECMA-376 part 2).</summary>
internal static class PackageParts
{
    private static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private static readonly XNamespace Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private static readonly XNamespace Core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
    private static readonly XNamespace Dublin = "http://purl.org/dc/elements/1.1/";

    public static XDocument Relationships(string nuspec) => new(
        new XElement(
            Relations + "Relationships",
            Relation("http://schemas.microsoft.com/packaging/2010/07/manifest", "/" + nuspec, "manifest"),
            Relation("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "/package/services/metadata/core-properties/LlmOps.psmdcp", "core")));

    public static XDocument CoreProperties(ManifestData manifest) => new(
        new XElement(
            Core + "coreProperties",
            new XElement(Dublin + "creator", manifest.Text("Author")),
            new XElement(Dublin + "description", manifest.Text("Description")),
            new XElement(Dublin + "identifier", "LlmOps"),
            new XElement(Core + "version", manifest.Text("ModuleVersion"))));

    public static XDocument ContentTypes(IEnumerable<string> extensions, IEnumerable<string> partsWithout) => new(
        new XElement(
            Types + "Types",
            Default("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            Default("psmdcp", "application/vnd.openxmlformats-package.core-properties+xml"),
            extensions.Append(".nuspec").Select(extension => extension.TrimStart('.')).Where(extension => extension.Length > 0).Distinct()
                .Select(extension => Default(extension, "application/octet")),
            partsWithout.Select(part => new XElement(Types + "Override", new XAttribute("PartName", part), new XAttribute("ContentType", "application/octet")))));

    private static XElement Relation(string type, string target, string id) =>
        new(Relations + "Relationship", new XAttribute("Type", type), new XAttribute("Target", target), new XAttribute("Id", id));

    private static XElement Default(string extension, string type) =>
        new(Types + "Default", new XAttribute("Extension", extension), new XAttribute("ContentType", type));
}
