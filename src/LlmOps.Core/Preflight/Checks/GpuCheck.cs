namespace LlmOps.Preflight.Checks;

/// <summary>Whether the machine has GPUs that can be read.</summary>
internal sealed class GpuCheck : IRigCheck
{
    public const string CheckName = "Gpu";

    public string Name => CheckName;

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.GpuFailure is { } failure) return Finding.Fail(failure.Message, failure.ToString(), failure.RecommendedAction).AsTask();
        var names = string.Join(", ", survey.Memory.GroupBy(gpu => gpu.Name).Select(same => $"{same.Count()}x {same.Key}"));
        var evidence = string.Join('\n', survey.Memory.Select(gpu => $"{gpu} {gpu.Uuid}"));
        return survey.GpuCount > 0 && survey.Wish.GpuCount > survey.Memory.Count
            ? Finding.Fail($"{survey.Wish.GpuCount} GPUs were asked for; there are {names}.", evidence, $"Use -TensorParallelSize {survey.Memory.Count}.").AsTask()
            : Finding.Pass($"{names}.", evidence).AsTask();
    }
}
