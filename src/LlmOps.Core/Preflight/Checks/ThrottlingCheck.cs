namespace LlmOps.Preflight.Checks;

/// <summary>Whether heat or the power supply slow the GPUs down at this moment. A busy GPU at its power limit is well.</summary>
internal sealed class ThrottlingCheck : IRigCheck
{
    private static readonly string[] Bad = ["hw_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown", "sw_thermal_slowdown"];

    public string Name => "Throttling";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.Gpus.Count == 0) return Task.FromResult<Finding?>(null);
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("temperature", gpu.Sections.ContainsKey("clocks_throttle_reasons") ? "clocks_throttle_reasons" : "clocks_event_reasons", "clocks")));
        var slow = survey.Gpus.Where(gpu => gpu.Facts.ThrottleReasons.Any(reason => Bad.Contains(reason))).ToList();
        return (slow.Count == 0
            ? Finding.Pass("The GPUs run as fast as they may.", evidence)
            : Finding.Warn($"GPU {string.Join(", ", slow.Select(gpu => gpu.Facts.Index))} is slowed down: {string.Join(", ", slow.SelectMany(gpu => gpu.Facts.ThrottleReasons).Where(reason => Bad.Contains(reason)).Distinct())}.", evidence,
                "Look at its temperature (Get-GpuMemory RIG -Watch). Heat or a weak power supply is the provider's to mend: take another machine.")).AsTask();
    }
}
