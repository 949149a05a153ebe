using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs.Facts;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Reads the facts of the rig.</summary>
internal static class RigFactsHandlers
{
    private static readonly RigFactsCollector Collector = new(TimeProvider.System);

    public static void Register(AgentServer server) => server.Register(RigFactsOperations.Read, (_, _, cancel) =>
        Collector.ReadAsync(ModelFolder(), new Uri(Variable("HF_ENDPOINT") ?? "https://huggingface.co"), RigLayout.FromEnvironment(), cancel));

    private static string ModelFolder() => Variable("HF_HUB_CACHE")
        ?? Path.Join(Variable("HF_HOME") ?? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "huggingface"), "hub");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
