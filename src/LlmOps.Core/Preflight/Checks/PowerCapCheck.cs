namespace LlmOps.Preflight.Checks;

/// <summary>Whether somebody has lowered the power that the GPUs may draw.</summary>
internal sealed class PowerCapCheck : IRigCheck
{
    private const double Noticeable = 0.9;

    public string Name => "PowerCap";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var known = survey.Gpus.Where(gpu => gpu is { Facts.PowerLimit: > 0, DefaultPowerLimit: > 0 }).ToList();
        if (known.Count == 0) return Task.FromResult<Finding?>(null);
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("gpu_power_readings")));
        var lowest = known.MinBy(gpu => gpu.Facts.PowerLimit / gpu.DefaultPowerLimit)!;
        return (lowest.Facts.PowerLimit < lowest.DefaultPowerLimit * Noticeable
            ? Finding.Warn($"GPU {lowest.Facts.Index} may draw {lowest.Facts.PowerLimit:0} W of its {lowest.DefaultPowerLimit:0} W; it is slower for that.", evidence,
                $"On the rig: sudo nvidia-smi -i {lowest.Facts.Index} -pl {lowest.DefaultPowerLimit:0}. On a rented machine ask the provider.")
            : Finding.Pass($"{lowest.Facts.PowerLimit:0} W each, as the maker sets it.", evidence)).AsTask();
    }
}
