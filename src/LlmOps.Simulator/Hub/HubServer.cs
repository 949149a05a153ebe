using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmOps.Simulator.Http;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Hub;

/// <summary>The rehearsal hub: the Hub's API and its resolver. Large files it sends to the content host, as the Hub does.</summary>
internal sealed partial class HubServer(SimulatedMachine machine, HubContentHost content)
{
    private readonly HubAccess _access = new(machine);
    private readonly IReadOnlyList<HubRepository> _repositories = [.. HubCatalog.All.Select(model => new HubRepository(model))];

    public async Task HandleAsync(HttpExchange exchange, CancellationToken cancel)
    {
        var request = exchange.Request;
        if (machine.HasFault("ClockSkew")) exchange.ClockShift = TimeSpan.FromMinutes(-10);
        var api = new HubApi(_access);
        if (request.Path == "/api/whoami-v2") await WhoAmIAsync(exchange, cancel).ConfigureAwait(false);
        else if (request.Path == "/api/models") await JsonAsync(exchange, api.Search(_repositories, request), cancel).ConfigureAwait(false);
        else if (ResolvePath().Match(request.Path) is { Success: true } resolve) await ResolveAsync(exchange, resolve, cancel).ConfigureAwait(false);
        else if (ApiPath().Match(request.Path) is { Success: true } call) await ApiAsync(exchange, api, call, cancel).ConfigureAwait(false);
        else await RefuseAsync(exchange, new HubRefusal(404, null, "Not Found"), cancel).ConfigureAwait(false);
    }

    private HubRepository? Find(Match match) => _repositories.FirstOrDefault(repository => repository.Model.Id.Equals(match.Groups["id"].Value, StringComparison.OrdinalIgnoreCase));

    private async Task ApiAsync(HttpExchange exchange, HubApi api, Match match, CancellationToken cancel)
    {
        var repository = Find(match);
        var revision = match.Groups["revision"] is { Success: true } named ? Uri.UnescapeDataString(named.Value) : "main";
        // what a gated model consists of is public; only its files are not
        var refusal = _access.Refusal(exchange.Request, repository?.Model) is { } refused && refused.Code != "GatedRepo" ? refused : null;
        if (refusal is null && !repository!.HasRevision(revision)) refusal = new HubRefusal(404, "RevisionNotFound", $"Invalid rev id: {revision}");
        if (refusal is not null) await RefuseAsync(exchange, refusal, cancel).ConfigureAwait(false);
        else if (match.Groups["verb"].Value == "tree")
        {
            var (page, next) = api.Tree(repository!, match.Groups["rest"].Value, exchange.Request);
            var link = next is null ? [] : new[] { ("Link", $"<http://{exchange.Request.Headers.GetValueOrDefault("Host")}{exchange.Request.Target.Split('?')[0]}?{next}>; rel=\"next\"") };
            await exchange.SendAsync(200, "application/json; charset=utf-8", page.ToJsonString(), cancel, [.. Common(repository!), .. link]).ConfigureAwait(false);
        }
        else if (match.Groups["verb"].Value == "paths-info") await JsonAsync(exchange, HubApi.PathsInfo(repository!, exchange.Request), cancel).ConfigureAwait(false);
        else await JsonAsync(exchange, api.Info(repository!, exchange.Request.Query.ContainsKey("blobs")), cancel).ConfigureAwait(false);
    }

    private async Task ResolveAsync(HttpExchange exchange, Match match, CancellationToken cancel)
    {
        var repository = Find(match);
        var revision = Uri.UnescapeDataString(match.Groups["revision"].Value);
        var file = repository?.Files.FirstOrDefault(file => file.Path == match.Groups["path"].Value);
        var refusal = _access.Refusal(exchange.Request, repository?.Model);
        if (refusal is null && !repository!.HasRevision(revision)) refusal = new HubRefusal(404, "RevisionNotFound", $"Invalid rev id: {revision}");
        if (refusal is null && file is null) refusal = new HubRefusal(404, "EntryNotFound", "Entry not found");
        if (refusal is not null)
        {
            await RefuseAsync(exchange, refusal, cancel, repository is null ? [] : Common(repository)).ConfigureAwait(false);
            return;
        }

        (string, string)[] headers = [.. Common(repository!), ("Accept-Ranges", "bytes")];
        if (file!.IsLfs)
            await exchange.SendAsync(302, "text/plain; charset=utf-8", "Found", cancel,
                [.. headers, ("X-Linked-Size", Text(file.Content.Length)), ("X-Linked-ETag", $"\"{file.Sha256}\""), ("Location", content.UrlOf(repository!, file))]).ConfigureAwait(false);
        else if (match.Groups["cached"].Success)
            await exchange.SendAsync(200, file.Path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/plain; charset=utf-8", file.Content, cancel,
                [.. headers, ("ETag", $"\"{file.Oid}\""), ("Content-Disposition", $"inline; filename=\"{Path.GetFileName(file.Path)}\"")]).ConfigureAwait(false);
        else
            await exchange.SendAsync(307, "text/plain; charset=utf-8", "Temporary Redirect", cancel,
                [.. headers, ("Location", $"/api/resolve-cache/models/{repository!.Model.Id}/{repository.Commit}/{file.Path}?etag=%22{file.Oid}%22")]).ConfigureAwait(false);
    }

    private async Task WhoAmIAsync(HttpExchange exchange, CancellationToken cancel)
    {
        if (exchange.Request.BearerToken?.StartsWith("hf_", StringComparison.Ordinal) == true)
            await JsonAsync(exchange, new JsonObject { ["type"] = "user", ["name"] = "rehearsal", ["fullname"] = "Rehearsal" }, cancel).ConfigureAwait(false);
        else await RefuseAsync(exchange, new HubRefusal(401, null, "Invalid username or password."), cancel).ConfigureAwait(false);
    }

    private static Task JsonAsync(HttpExchange exchange, JsonNode body, CancellationToken cancel) =>
        exchange.SendAsync(200, "application/json; charset=utf-8", body.ToJsonString(), cancel, RateLimit);

    private static Task RefuseAsync(HttpExchange exchange, HubRefusal refusal, CancellationToken cancel, params (string Name, string Value)[] headers) =>
        exchange.SendAsync(refusal.Status, "application/json; charset=utf-8", new JsonObject { ["error"] = refusal.Message }.ToJsonString(), cancel,
            [.. headers.Where(header => header != RateLimit), RateLimit, ("X-Error-Message", refusal.Message), .. refusal.Code is { } code ? [("X-Error-Code", code)] : Array.Empty<(string, string)>()]);

    private static (string Name, string Value)[] Common(HubRepository repository) => [("X-Repo-Commit", repository.Commit), RateLimit];

    private static (string Name, string Value) RateLimit => ("RateLimit", "\"resolvers\";r=2998;t=172");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^/api/models/(?<id>[\w.-]+/[\w.-]+?)(?:/(?<verb>revision|tree|paths-info)/(?<revision>[^/]+)(?:/(?<rest>.+))?)?$")]
    private static partial Regex ApiPath();

    [GeneratedRegex(@"^/(?:(?<cached>api/resolve-cache/models)/(?<id>[\w.-]+/[\w.-]+)/(?<revision>[^/]+)|(?<id>[\w.-]+/[\w.-]+)/resolve/(?<revision>[^/]+))/(?<path>.+)$")]
    private static partial Regex ResolvePath();
}
