using LlmOps.Planning;

namespace LlmOps;

/// <summary>The failures of planning.</summary>
public static class PlanningErrors
{
    /// <summary>A model's config cannot be planned with.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="inner">What was wrong with the text, or null.</param>
    public static LlmOpsException ConfigUnreadable(string reason, Exception? inner) => new(
        "ModelConfigUnreadable", ErrorKind.InvalidResult, $"The model's config.json can't be used: {reason}.",
        "Look at the repository's files with Get-HfModelFile; a model without config.json and without GGUF files can't be planned.", null, inner);

    /// <summary>A GGUF file cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">Why.</param>
    public static LlmOpsException GgufUnreadable(string path, string reason) => new(
        "GgufUnreadable", ErrorKind.InvalidResult, $"'{path}' can't be read as a GGUF file: {reason}.", "Fetch the file again, or choose another one.", path);

    /// <summary>The model that a path names is not there.</summary>
    /// <param name="path">The path.</param>
    public static LlmOpsException ModelNotFound(string path) => new(
        "PlanModelNotFound", ErrorKind.ObjectNotFound, $"There is no model at '{path}' on this machine.", "Check the path; a repository of the Hub is written owner/name, such as Qwen/Qwen3-8B.", path);

    /// <summary>The model's metadata is not here and nothing may be asked.</summary>
    /// <param name="model">The model.</param>
    public static LlmOpsException MetadataOffline(string model) => new(
        "MetadataOffline", ErrorKind.ResourceUnavailable, $"HF_HUB_OFFLINE is set, and the cache of this machine does not hold '{model}': its config.json and the sizes of its weight files are needed.",
        "Remove HF_HUB_OFFLINE, or give a folder that holds the model.", model);

    /// <summary>There is no such type of keys and values.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">Those that are known.</param>
    public static LlmOpsException KvCacheTypeInvalid(string name, IReadOnlyList<string> known) => new(
        "KvCacheTypeInvalid", ErrorKind.InvalidArgument, $"'{name}' is no type of keys and values.", $"Use one of: {string.Join(", ", known)}.", name);

    /// <summary>Nothing says on which GPUs.</summary>
    /// <param name="model">The model.</param>
    public static LlmOpsException GpuRequired(string model) => new(
        "PlanGpuRequired", ErrorKind.InvalidArgument, $"It is not said on which GPUs '{model}' is to be planned.", "Name them with -Gpu, such as -Gpu A40 -GpuCount 2, or a rig with -Rig.", model);

    /// <summary>The model does not fit on the GPUs.</summary>
    /// <param name="fit">What was planned.</param>
    public static LlmOpsException DoesNotFit(LlmFit fit)
    {
        var reason = fit.Limit switch
        {
            FitLimit.Engine or FitLimit.Quantization or FitLimit.Parallelism or FitLimit.GpuMemory => fit.Notes.Count > 0 ? fit.Notes[0] : "it can't run there",
            FitLimit.ModelContext => FormattableString.Invariant($"the context of {fit.Context:N0} tokens is longer than the model was made for"),
            FitLimit.Weights => FormattableString.Invariant($"its weights take {fit.WeightsGiB:0.0} GiB of each GPU, and {fit.BudgetGiB:0.0} GiB are there"),
            FitLimit.Activations => FormattableString.Invariant($"its weights take {fit.WeightsGiB:0.0} GiB of each GPU's {fit.BudgetGiB:0.0} GiB, and what is left is too little to compute with"),
            _ => FormattableString.Invariant($"keys and values for {fit.Context:N0} tokens take {fit.NeededKvCacheGiB:0.0} GiB of each GPU, and {Math.Max(0, fit.KvCacheGiB):0.0} GiB are left beside the weights"),
        };
        return new LlmOpsException(
            "ModelDoesNotFit", ErrorKind.LimitsExceeded, $"'{fit.Model}' does not fit on {fit.GpuCount} × {fit.Gpu}: {reason}.",
            fit.Advice is { Count: > 0 } ? $"What fits: {string.Join("; or ", fit.Advice)}. The whole plan: Measure-LlmFit '{fit.Model}' -Gpu '{fit.Gpu}' -GpuCount {fit.GpuCount}"
                : $"Choose a smaller model or another GPU. The whole plan: Measure-LlmFit '{fit.Model}' -Gpu '{fit.Gpu}' -GpuCount {fit.GpuCount}",
            fit.Model);
    }
}
