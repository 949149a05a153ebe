using System.Collections;
using System.Management.Automation.Language;
using System.Xml.Linq;
using LlmOps.Help;
using LlmOps.Infrastructure;

namespace LlmOps.Tests.Contract;

/// <summary>The manifest says what the module is.</summary>
public sealed class ManifestContractTests
{
    private static readonly Hashtable Manifest =
        (Hashtable)Parser.ParseFile(Repository.PathOf("LlmOps.psd1"), out _, out _).Find(node => node is HashtableAst, false).SafeGetValue();

    private static readonly Hashtable Gallery = (Hashtable)((Hashtable)Manifest["PrivateData"]!)["PSData"]!;

    [Fact]
    public void The_exported_cmdlets_are_those_of_the_assembly() =>
        Assert.Equal(CmdletCatalog.Read(typeof(AsyncCmdlet).Assembly.GetExportedTypes()).Select(cmdlet => cmdlet.Name), List(Manifest, "CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("AliasesToExport")]
    [InlineData("VariablesToExport")]
    public void Nothing_else_is_exported(string list) => Assert.Empty(List(Manifest, list));

    [Fact]
    public void The_version_is_that_of_the_assemblies() =>
        Assert.Equal(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value, Manifest["ModuleVersion"]);

    [Theory]
    [InlineData("RootModule")]
    [InlineData("GUID")]
    [InlineData("Author")]
    [InlineData("Description")]
    [InlineData("PowerShellVersion")]
    public void What_the_gallery_asks_for_is_there(string name) => Assert.NotEqual("", Assert.IsType<string>(Manifest[name]));

    [Theory]
    [InlineData("LicenseUri")]
    [InlineData("ProjectUri")]
    [InlineData("ReleaseNotes")]
    public void What_the_gallery_shows_is_there(string name) => Assert.NotEqual("", Assert.IsType<string>(Gallery[name]));

    [Fact]
    public void The_tags_name_the_platforms()
    {
        foreach (var tag in new[] { "PSEdition_Core", "Linux", "Windows", "MacOS" }) Assert.Contains(tag, List(Gallery, "Tags"));
    }

    [Fact]
    public void Its_files_are_there() =>
        Assert.All(List(Manifest, "FormatsToProcess").Concat(Manifest.ContainsKey("TypesToProcess") ? List(Manifest, "TypesToProcess") : []), file => Assert.True(File.Exists(Repository.PathOf(file)), file));

    private static IEnumerable<string> List(Hashtable table, string name) => ((IEnumerable)table[name]!).Cast<string>();
}
