namespace LlmOps.Preflight.Checks;

/// <summary>Whether the GPUs are new enough for vLLM and for the model's quantization.</summary>
internal sealed class ComputeCapabilityCheck : IRigCheck
{
    public string Name => "ComputeCapability";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var known = survey.Gpus.Where(gpu => Version.TryParse(gpu.ComputeCapability, out _)).ToList();
        if (known.Count == 0) return Task.FromResult<Finding?>(null);
        var least = known.MinBy(gpu => Version.Parse(gpu.ComputeCapability!))!;
        var capability = Version.Parse(least.ComputeCapability!);
        var wishes = new[] { (Name: "vLLM", Minimum: new Version(7, 5)) }.ToList();
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => $"GPU {gpu.Facts.Index} {gpu.Facts.Name} compute_cap {gpu.ComputeCapability}").Concat(wishes.Select(wish => $"{wish.Name} needs {wish.Minimum}")));
        if (wishes.FirstOrDefault(wish => capability < wish.Minimum) is { Minimum: not null } refused)
        {
            return Finding.Fail($"{least.Facts.Name} has compute capability {capability}; {refused.Name} needs {refused.Minimum}.", evidence,
                refused == wishes[0] ? "Serve with llama.cpp or Ollama here, or take a rig with newer GPUs: Get-GpuSpec lists them." : "Take the model in another quantization: Get-GpuSpec tells which these GPUs run.").AsTask();
        }

        return Finding.Pass($"{capability}, enough for {string.Join(" and ", wishes.Select(wish => wish.Name))}.", evidence).AsTask();
    }
}
