using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LlmOps.Package.Tests;

/// <summary>Get-Help finds the pages that the build made.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly Runspace _runspace = BuiltModule.Open();

    public void Dispose() => _runspace.Dispose();

    [Fact]
    public void Every_cmdlet_has_synopsis_description_examples_and_parameters()
    {
        foreach (var cmdlet in Cmdlets())
        {
            var page = Page(cmdlet.Name);
            Assert.False(Text(page, "Synopsis").Contains(cmdlet.Name, StringComparison.Ordinal), $"{cmdlet.Name} has no synopsis of its own: {Text(page, "Synopsis")}");
            Assert.True(Items(page, "description").Count > 0, $"{cmdlet.Name} has no description.");
            Assert.True(Items(Property(page, "examples"), "example").Count > 0, $"{cmdlet.Name} has no example.");
            var documented = Items(Property(page, "parameters"), "parameter").ToDictionary(parameter => Text(parameter, "name"));
            foreach (var parameter in cmdlet.Parameters.Values.Where(parameter => !PSCmdlet.CommonParameters.Contains(parameter.Name)))
            {
                Assert.True(documented.TryGetValue(parameter.Name, out var entry), $"{cmdlet.Name} -{parameter.Name} is not on its page.");
                Assert.Equal(parameter.ParameterSets.Values.All(set => set.IsMandatory), bool.Parse(Text(entry, "required")));
            }
        }
    }

    [Fact]
    public void The_syntax_has_a_line_for_each_parameter_set()
    {
        foreach (var cmdlet in Cmdlets()) Assert.Equal(cmdlet.ParameterSets.Count, Items(Property(Page(cmdlet.Name), "syntax"), "syntaxItem").Count);
    }

    [Fact]
    public void There_is_a_page_about_the_module() =>
        Assert.Contains("WHERE STATE LIVES", BuiltModule.Run(_runspace, "Get-Help about_LlmOps").Single().ToString(), StringComparison.Ordinal);

    private IReadOnlyList<CmdletInfo> Cmdlets() => [.. BuiltModule.Run(_runspace, "Get-Command -Module LlmOps").Select(command => (CmdletInfo)command.BaseObject)];

    private PSObject Page(string name) => BuiltModule.Run(_runspace, "param($Name) Get-Help $Name -Full", ("Name", name)).Single();

    private static PSObject? Property(PSObject item, string name) => item.Properties[name]?.Value is { } value ? PSObject.AsPSObject(value) : null;

    private static string Text(PSObject item, string name) => item.Properties[name]?.Value?.ToString()?.Trim() ?? "";

    private static List<PSObject> Items(PSObject? item, string name) =>
        item is not null && Property(item, name) is { } found ? found.BaseObject is System.Collections.IEnumerable many and not string ? [.. many.Cast<object>().Select(PSObject.AsPSObject)] : [found] : [];
}
