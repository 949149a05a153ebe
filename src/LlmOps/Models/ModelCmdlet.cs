using System.Management.Automation;
using System.Security;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Models;

/// <summary>A cmdlet that works on models: on this machine, or by the same code on rigs.</summary>
public abstract class ModelCmdlet : RigCmdlet
{
    private WaitLine? _waiting;

    /// <summary>Works at each place at the same time. A failure at one is an error that names it, and the others go on.</summary>
    /// <param name="rigs">The rigs; null is this machine.</param>
    /// <param name="work">What to do; it is given null for this machine.</param>
    private protected async Task ForEachPlaceAsync(RigArgument[]? rigs, Func<GpuRig?, Task> work)
    {
        GpuRig?[] places = rigs is null ? [null] : [.. Resolve(rigs)];
        await Task.WhenAll(places.Select(AttemptAsync));

        async Task AttemptAsync(GpuRig? rig)
        {
            try
            {
                await work(rig);
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(rig is null ? failure : failure.OnRig(rig));
            }
        }
    }

    /// <summary>Works at each place that has models: at the rigs that were named, or where each model's object says that it is.</summary>
    /// <param name="models">The models.</param>
    /// <param name="rigs">The rigs that were named, or null.</param>
    /// <param name="work">What to do with the models of a place; it is given null for this machine.</param>
    private protected Task ForEachPlaceAsync(ModelArgument[] models, RigArgument[]? rigs, Func<GpuRig?, string[], Task> work)
    {
        if (rigs is not null) return ForEachPlaceAsync(rigs, rig => work(rig, Ids(models)));
        return Task.WhenAll(models.GroupBy(model => model.Rig?.Name).Select(place => ForEachPlaceAsync(place.First().Rig is { } rig ? [rig] : null, at => work(at, Ids(place)))));

        static string[] Ids(IEnumerable<ModelArgument> some) => [.. some.Select(model => model.Id ?? model.Name)];
    }

    /// <summary>Does the same here, or on a rig by its agent.</summary>
    /// <typeparam name="TArgs">What it takes.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="rig">The rig; null is this machine.</param>
    /// <param name="operation">What the agent is asked.</param>
    /// <param name="here">The same, here.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="cancel">Ends it.</param>
    private protected async Task<TResult> AskAsync<TArgs, TResult>(
        GpuRig? rig, AgentOperation<TArgs, Nothing, TResult> operation, Func<TArgs, CancellationToken, Task<TResult>> here, TArgs args, CancellationToken cancel)
    {
        _waiting ??= new WaitLine(this, MyInvocation.MyCommand.Name);
        var asked = rig is null ? Task.Run(() => here(args, cancel), CancellationToken.None) : (await ConnectAsync(rig, cancel)).InvokeAsync(operation, args, cancel);
        await _waiting.ShowAsync($"waiting for {rig?.Name ?? "the answer"}", asked);
        return await asked;
    }

    /// <summary>What a cache holds.</summary>
    /// <param name="folder">The cache as the user wrote it; null is that of the environment.</param>
    /// <param name="rig">The rig; null is this machine.</param>
    /// <param name="cancel">Ends the asking.</param>
    private protected async Task<IEnumerable<CachedModel>> ListCachedAsync(string? folder, GpuRig? rig, CancellationToken cancel)
    {
        var models = await AskAsync(
            rig, ModelOperations.Cached, static (cache, _) => Task.FromResult<CachedModel[]>([.. new CachedModels(HubEnvironment.FromProcess().CacheAt(cache.Folder)).Describe()]),
            new CacheReference(Place(folder, rig)), cancel);
        return models.Select(model => model with { Rig = rig });
    }

    /// <summary>The repositories in a cache that ids and wildcards stand for. An id that is not there is an error and the rest go on; a wildcard that matches nothing is none.</summary>
    /// <param name="ids">Ids and wildcards.</param>
    /// <param name="type">The kind; null is all kinds.</param>
    /// <param name="folder">The cache as the user wrote it; null is that of the environment.</param>
    /// <param name="rig">The rig; null is this machine.</param>
    /// <param name="cancel">Ends the asking.</param>
    private protected async Task<IReadOnlyList<CachedModel>> FindCachedAsync(string[] ids, HubRepoType? type, string? folder, GpuRig? rig, CancellationToken cancel)
    {
        var all = (await ListCachedAsync(folder, rig, cancel)).Where(model => type is null || model.RepoType == type).ToList();
        var found = new List<CachedModel>();
        foreach (var id in ids)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            var matching = all.Where(model => pattern.IsMatch(model.Id)).Except(found).ToList();
            found.AddRange(matching);
            if (matching.Count > 0 || WildcardPattern.ContainsWildcardCharacters(id) || found.Any(model => pattern.IsMatch(model.Id))) continue;
            var missing = HubErrors.NotCached(HubRepo.Parse(type ?? HubRepoType.Model, id), folder ?? (rig is null ? HubEnvironment.FromProcess().CacheFolder : "of the rig"));
            WriteFailure(rig is null ? missing : missing.OnRig(rig));
        }

        return found;
    }

    /// <summary>Fetches a model; on a rig it survives a broken connection.</summary>
    /// <param name="request">Which.</param>
    /// <param name="rig">The rig; null is this machine.</param>
    /// <param name="progress">The bar.</param>
    /// <param name="cancel">Ends the download there too.</param>
    private protected async Task<HfModel> FetchAsync(ModelRequest request, GpuRig? rig, DownloadLine progress, CancellationToken cancel)
    {
        if (rig is null)
        {
            var download = Download(request);
            return await Task.Run(() => download.RunAsync(progress.Report, cancel), CancellationToken.None);
        }

        var connection = await ConnectPatientlyAsync(rig, cancel);
        var model = await connection.JoinAsync(
            ModelOperations.Get, new ModelGetArgs(request, Guid.NewGuid().ToString("N")),
            item =>
            {
                progress.Show(item);
                return ValueTask.CompletedTask;
            },
            cancel);
        return model with { Rig = rig };
    }

    /// <summary>Says what a download would do.</summary>
    /// <param name="request">Which.</param>
    /// <param name="rig">The rig; null is this machine.</param>
    /// <param name="cancel">Ends the asking.</param>
    private protected Task<DownloadPlan> PlanAsync(ModelRequest request, GpuRig? rig, CancellationToken cancel) =>
        AskAsync(rig, ModelOperations.Plan, static (wish, stop) => Download(wish).PlanAsync(stop), request, cancel);

    /// <summary>A download on this machine.</summary>
    /// <param name="request">Of what.</param>
    private protected static ModelDownload Download(ModelRequest request) => new(request, HubEnvironment.FromProcess(), Services.Time);

    /// <summary>The request with the token that was given, or with this machine's own for its own Hub.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">The token that was given, or null.</param>
    private protected static ModelRequest WithToken(ModelRequest request, SecureString? token)
    {
        var here = HubEnvironment.FromProcess();
        var own = token is null ? here.FindToken() : null;
        return request with { Token = token is null ? own : SecureText.Reveal(token), TokenEndpoint = own is null ? null : here.Endpoint };
    }

    /// <summary>A folder as the user wrote it: here relative to the location, on a rig as it is.</summary>
    /// <param name="folder">The folder, or null.</param>
    /// <param name="rig">The rig; null is this machine.</param>
    private protected string? Place(string? folder, GpuRig? rig) =>
        folder is null || rig is not null ? folder : SessionState.Path.GetUnresolvedProviderPathFromPSPath(folder);
}
