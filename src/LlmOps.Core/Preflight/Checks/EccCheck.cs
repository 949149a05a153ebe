namespace LlmOps.Preflight.Checks;

/// <summary>Whether the GPUs' memory has had errors that could not be corrected, or waits for repair.</summary>
internal sealed class EccCheck : IRigCheck
{
    public string Name => "Ecc";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.Gpus.Count == 0) return Task.FromResult<Finding?>(null);
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("ecc_mode", "ecc_errors", "retired_pages", "remapped_rows")));
        if (survey.Gpus.FirstOrDefault(gpu => gpu.RepairFailed) is { } broken)
            return Finding.Fail($"GPU {broken.Facts.Index} has memory that could not be replaced.", evidence, "Take another machine, and tell the provider: this GPU has to be exchanged.").AsTask();
        if (survey.Gpus.FirstOrDefault(gpu => gpu.RepairPending || gpu.UncorrectedErrors > 0) is { } failing)
        {
            return Finding.Fail($"GPU {failing.Facts.Index} has had {failing.UncorrectedErrors ?? 0} memory errors that could not be corrected{(failing.RepairPending ? ", and waits for a reset to replace the memory" : "")}.", evidence,
                "End what uses the GPU and reset it on the rig: sudo nvidia-smi --gpu-reset -i INDEX; or reboot. If they come back, take another machine.").AsTask();
        }

        if (survey.Gpus.FirstOrDefault(gpu => gpu.UncorrectedErrorsEver > 0) is { } once)
            return Finding.Warn($"GPU {once.Facts.Index} has had {once.UncorrectedErrorsEver} memory errors in its life that could not be corrected, none since the driver was loaded.", evidence, "Watch it: if servers end with an illegal memory access, take another machine.").AsTask();
        return Finding.Pass(survey.Gpus.All(gpu => gpu.Facts.EccEnabled == true) ? "No uncorrected errors." : "No errors are reported; not every GPU here counts them.", evidence).AsTask();
    }
}
