using LlmOps.Hub;
using LlmOps.Jobs;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Puts models on the rig.</summary>
internal static class ModelHandlers
{
    public static void Register(AgentServer server)
    {
        server.Register(ModelOperations.Get, GetAsync);
        server.Register(ModelOperations.Plan, PlanAsync);
        server.Register(ModelOperations.Files, FilesAsync);
        server.Register(ModelOperations.List, ListAsync);
        server.Register(ModelOperations.Cached, CachedAsync);
        server.Register(ModelOperations.Remove, RemoveAsync);
        server.Register(ModelOperations.Test, TestAsync);
    }

    /// <summary>The body of the detached download.</summary>
    public static Task DownloadAsync(string folder, CancellationToken cancel) =>
        DetachedJob.RunAsync(ModelOperations.Download, folder, (request, report, stop) => Prepare(request).RunAsync(report, stop), cancel);

    private static Task<HfModel> GetAsync(ModelGetArgs args, IAgentRequest<DownloadProgress> request, CancellationToken cancel)
    {
        Prepare(args.Request); // so that a bad request starts nothing
        return DetachedJob.RunOrJoinAsync(ModelOperations.Download, ModelOperations.KeyOf(args.Request), args.Ticket, args.Request, RigLayout.FromEnvironment(), request, cancel);
    }

    private static Task<DownloadPlan> PlanAsync(ModelRequest request, IAgentRequest<Nothing> client, CancellationToken cancel) => Prepare(request).PlanAsync(cancel);

    private static async Task<HfModelFile[]> FilesAsync(ModelRequest request, IAgentRequest<Nothing> client, CancellationToken cancel) =>
        [.. await Prepare(request).FilesAsync(cancel).ConfigureAwait(false)];

    private static Task<ModelList> ListAsync(Nothing nothing, IAgentRequest<Nothing> client, CancellationToken cancel) =>
        Task.FromResult(new ModelList(new CachedModels(HubEnvironment.FromProcess().CacheFolder).List()));

    private static Task<CachedModel[]> CachedAsync(CacheReference cache, IAgentRequest<Nothing> client, CancellationToken cancel) =>
        Task.FromResult<CachedModel[]>([.. new CachedModels(HubEnvironment.FromProcess().CacheAt(cache.Folder)).Describe()]);

    private static Task<RemovedModel> RemoveAsync(ModelRemovalRequest request, IAgentRequest<Nothing> client, CancellationToken cancel) =>
        Task.FromResult(new ModelRemoval(request, HubEnvironment.FromProcess()).Run());

    private static async Task<Nothing> TestAsync(ModelTestRequest request, IAgentRequest<ModelTestReport> client, CancellationToken cancel)
    {
        await new ModelTest(request, HubEnvironment.FromProcess(), TimeProvider.System).RunAsync(report => client.SendAsync(report, cancel), cancel).ConfigureAwait(false);
        return Nothing.Value;
    }

    private static ModelDownload Prepare(ModelRequest request) => new(request, HubEnvironment.FromProcess(), TimeProvider.System);
}
