using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Help;
using LlmOps.Infrastructure;

namespace LlmOps.Tests.Contract;

/// <summary>The help is whole, and what it shows can be typed.</summary>
public sealed class HelpContractTests
{
    private static readonly IReadOnlyList<CmdletDocs> Pages = HelpFile.Read(typeof(AsyncCmdlet).Assembly);

    [Fact]
    public void Every_cmdlet_has_synopsis_description_examples_and_a_text_for_each_parameter() => Assert.Empty(Pages.SelectMany(page => page.Problems()));

    [Fact]
    public void A_synopsis_is_one_sentence() =>
        Assert.Empty(Pages.Where(page => page.Synopsis is not [.., '.'] || page.Synopsis.Contains(". ", StringComparison.Ordinal)).Select(page => $"{page.Cmdlet.Name}: {page.Synopsis}"));

    [Fact]
    public void Every_example_uses_commands_and_parameters_that_are_there() =>
        Assert.Empty(Pages.SelectMany(page => page.Examples.SelectMany(example => Problems(example.Code).Select(problem => $"{page.Cmdlet.Name}: {problem}"))));

    [Fact]
    public void Every_example_shows_the_cmdlet() =>
        Assert.Empty(Pages.Where(page => page.Examples.Any(example => !example.Code.Contains(page.Cmdlet.Name, StringComparison.OrdinalIgnoreCase))).Select(page => page.Cmdlet.Name));

    [Fact]
    public void The_example_scripts_use_commands_and_parameters_that_are_there()
    {
        var folder = Repository.PathOf("examples");
        var scripts = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.ps1", SearchOption.AllDirectories) : [];
        Assert.Empty(scripts.SelectMany(script => Problems(File.ReadAllText(script)).Select(problem => $"{Path.GetFileName(script)}: {problem}")));
    }

    [Fact]
    public void There_is_a_page_about_the_module() => Assert.Contains("about_LlmOps", File.ReadAllText(Repository.PathOf("module", "en-US", "about_LlmOps.help.txt")), StringComparison.Ordinal);

    [Fact]
    public void A_line_of_an_about_page_fits_80_columns() =>
        Assert.Empty(Directory.EnumerateFiles(Repository.PathOf("module", "en-US"), "*.help.txt").SelectMany(File.ReadLines).Where(line => line.Length > 80));

    private static IEnumerable<string> Problems(string code)
    {
        var script = Parser.ParseInput(code, out _, out var errors);
        foreach (var error in errors) yield return $"{error.Message} in: {code}";
        foreach (var command in script.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is not { } name || !IsOurs(name)) continue;
            if (Pages.FirstOrDefault(page => page.Cmdlet.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } page)
            {
                yield return $"There is no {name}.";
                continue;
            }

            foreach (var parameter in command.CommandElements.OfType<CommandParameterAst>().Where(parameter => !Has(page.Cmdlet, parameter.ParameterName)))
            {
                yield return $"{name} has no -{parameter.ParameterName}.";
            }
        }
    }

    private static bool IsOurs(string name) => name.Split('-') is [_, var noun] && NamingRules.Prefixes.Any(prefix => noun.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool Has(CmdletInfo cmdlet, string name) =>
        cmdlet.Parameters.ContainsKey(name) || cmdlet.Parameters.Values.Any(parameter => parameter.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));
}
