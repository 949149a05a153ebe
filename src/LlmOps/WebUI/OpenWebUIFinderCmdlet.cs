using System.Management.Automation;
using LlmOps.Containers;
using LlmOps.Infrastructure;

namespace LlmOps.WebUI;

/// <summary>A cmdlet that finds what Open WebUI was started.</summary>
public abstract class OpenWebUIFinderCmdlet : AsyncCmdlet
{
    /// <summary>All that the engines know, each with its engine.</summary>
    private protected static async Task<IReadOnlyList<(ContainerEngine Engine, OpenWebUI WebUI)>> ListAsync(ContainerEngineKind? wanted, CancellationToken cancel)
    {
        var found = new List<(ContainerEngine, OpenWebUI)>();
        foreach (var engine in await Services.ContainerEngines.FindAllAsync(wanted, cancel))
            foreach (var webUI in await Services.WebUI(engine).ListAsync(cancel)) found.Add((engine, webUI));
        return [.. found.DistinctBy(item => item.Item2.ContainerId)]; // Docker's program may talk to Podman
    }

    /// <summary>Those that names and wildcards stand for. A name that is not there is an error; a wildcard that matches nothing is none.</summary>
    private protected IReadOnlyList<OpenWebUI> Select(IEnumerable<string> names, IReadOnlyList<OpenWebUI> all)
    {
        var found = new List<OpenWebUI>();
        foreach (var name in names)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var matches = all.Where(webUI => pattern.IsMatch(webUI.Name)).ToList();
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteFailure(WebUIErrors.NotFound(name));
            found.AddRange(matches);
        }

        return [.. found.Distinct()];
    }
}
