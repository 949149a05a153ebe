using LlmOps.Hub;
using LlmOps.Hub.Copying;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations behind Copy-HfModel. The files themselves go over connections of their own, to <c>llmops-agent copy send</c> and <c>copy receive</c>.</summary>
public static class CopyOperations
{
    /// <summary>What the rig has of a model.</summary>
    public static readonly AgentOperation<CopyRequest, Nothing, CopyListing> List = new("copy.list", static () => CopyJson.Default);

    /// <summary>What a copy to the rig would send.</summary>
    public static readonly AgentOperation<CopyWish, Nothing, CopyPlan> Plan = new("copy.plan", static () => CopyJson.Default);

    /// <summary>Completes the snapshot when all files are there.</summary>
    public static readonly AgentOperation<CopyWish, Nothing, HfModel> End = new("copy.end", static () => CopyJson.Default);
}
