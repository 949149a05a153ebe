namespace LlmOps.Preflight.Checks;

/// <summary>Whether each GPU has all the PCIe lanes that it and its slot can use. The generation is not judged: idle GPUs lower it.</summary>
internal sealed class PcieCheck : IRigCheck
{
    public string Name => "Pcie";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var known = survey.Gpus.Where(gpu => gpu.Facts is { PcieWidth: > 0, PcieWidthMax: > 0 }).ToList();
        if (known.Count == 0) return Task.FromResult<Finding?>(null);
        var evidence = string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("pci")));
        var narrow = known.Where(gpu => gpu.Facts.PcieWidth < gpu.Facts.PcieWidthMax).ToList();
        return (narrow.Count == 0
            ? Finding.Pass(string.Join(", ", known.GroupBy(gpu => $"{gpu.Facts.PcieGenerationMax}.0 x{gpu.Facts.PcieWidth}").Select(same => $"{same.Count()}x PCIe {same.Key}")) + ".", evidence)
            : Finding.Warn($"GPU {string.Join(", ", narrow.Select(gpu => $"{gpu.Facts.Index} uses {gpu.Facts.PcieWidth} of {gpu.Facts.PcieWidthMax} PCIe lanes"))}: loading is slower, and so is a model that is spread over GPUs without NVLink.", evidence,
                "Reseat the card or its riser, or take another machine.")).AsTask();
    }
}
