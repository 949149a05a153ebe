namespace LlmOps.Preflight.Checks;

/// <summary>Whether GPUs are divided into instances (Multi-Instance GPU), over which an engine can't spread a model.</summary>
internal sealed class MigCheck : IRigCheck
{
    public string Name => "Mig";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.Gpus.Count == 0) return Task.FromResult<Finding?>(null);
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("mig_mode", "mig_devices")));
        var divided = survey.Gpus.Where(gpu => gpu.Facts.MigEnabled == true).ToList();
        if (divided.Count == 0) return Finding.Pass("The GPUs are whole.", evidence).AsTask();
        var which = string.Join(", ", divided.Select(gpu => gpu.Facts.Index));
        const string whole = "On the rig, when nothing uses them: sudo nvidia-smi -mig 0";
        if (divided.Any(gpu => gpu.MigInstances == 0))
            return Finding.Fail($"MIG is on for GPU {which} and an instance is missing: programs see no GPU there.", evidence, whole).AsTask();
        return (survey.GpuCount > 1
            ? Finding.Fail($"GPU {which} is divided into instances, and a model can't be spread over those.", evidence, $"{whole}. Or serve on one instance: -TensorParallelSize 1.")
            : Finding.Warn($"GPU {which} is divided into instances: a server gets one of them.", evidence, whole)).AsTask();
    }
}
