using System.Xml.Linq;

namespace LlmOps.Build;

/// <summary>Describes the package in the words that the PowerShell Gallery looks for.</summary>
internal static class Nuspec
{
    private static readonly XNamespace Space = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

    public static XDocument Make(ManifestData manifest) => new(
        new XElement(
            Space + "package",
            new XElement(
                Space + "metadata",
                Value("id", "LlmOps"),
                Value("version", manifest.Text("ModuleVersion")),
                Value("authors", manifest.Text("Author")),
                Value("owners", manifest.Text("CompanyName")),
                Value("requireLicenseAcceptance", "false"),
                Value("licenseUrl", (string)manifest.PSData["LicenseUri"]!),
                Value("projectUrl", (string)manifest.PSData["ProjectUri"]!),
                Value("description", manifest.Text("Description")),
                Value("releaseNotes", (string)manifest.PSData["ReleaseNotes"]!),
                Value("copyright", manifest.Text("Copyright")),
                Value("tags", string.Join(' ', Tags(manifest))))));

    private static IEnumerable<string> Tags(ManifestData manifest)
    {
        var cmdlets = manifest.List("CmdletsToExport");
        return ((object[])manifest.PSData["Tags"]!).Cast<string>()
            .Append("PSModule").Append("PSIncludes_Cmdlet")
            .Concat(cmdlets.Select(name => "PSCmdlet_" + name)).Concat(cmdlets.Select(name => "PSCommand_" + name)).Distinct();
    }

    private static XElement Value(string name, string value) => new(Space + name, value);
}
