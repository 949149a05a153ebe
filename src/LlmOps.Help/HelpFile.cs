using System.Reflection;
using System.Xml.Linq;

namespace LlmOps.Help;

/// <summary>Makes the help file of a module's assembly from its XML documentation.</summary>
public static class HelpFile
{
    /// <summary>What is written about each cmdlet of an assembly.</summary>
    /// <param name="assembly">The assembly; its documentation and that of the assemblies it uses lies beside it.</param>
    public static IReadOnlyList<CmdletDocs> Read(Assembly assembly)
    {
        var folder = Path.GetDirectoryName(assembly.Location)!;
        var docs = new XmlDocs(Directory.EnumerateFiles(folder, assembly.GetName().Name + "*.xml"));
        return [.. CmdletCatalog.Read(assembly.GetExportedTypes()).Select(cmdlet => new CmdletDocs(cmdlet, docs))];
    }

    /// <summary>The help of all cmdlets in MAML.</summary>
    /// <param name="pages">The cmdlets.</param>
    /// <param name="topic">The about topic that every page points to.</param>
    public static XDocument ToMaml(IReadOnlyList<CmdletDocs> pages, string topic) => new(
        new XElement(
            XName.Get("helpItems", "http://msh"),
            new XAttribute("schema", "maml"),
            pages.Select(page => new MamlCommand(page, Related(page, pages).Append(topic)).ToXml())));

    private static IEnumerable<string> Related(CmdletDocs page, IEnumerable<CmdletDocs> pages) =>
        pages.Select(other => other.Cmdlet).Where(other => other.Noun == page.Cmdlet.Noun && other.Name != page.Cmdlet.Name).Select(other => other.Name);
}
