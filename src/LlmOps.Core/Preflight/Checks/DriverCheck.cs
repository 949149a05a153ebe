using LlmOps.Engines;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the NVIDIA driver runs the CUDA that a build of vLLM was made for, and which build to take.</summary>
internal sealed class DriverCheck : IRigCheck
{
    public string Name => "Driver";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.DriverVersion is not { } driver) return Task.FromResult<Finding?>(null);
        var installed = EngineEnvironment.Find(survey.Layout, survey.Wish.EngineVersion);
        var evidence = $"driver_version {driver}\ncuda_version {survey.CudaVersion}\ninstalled {(installed is null ? "none" : $"vLLM {installed.Version} ({installed.Variant})")}\nbuilds {VllmWheel.Describe()}";
        if (VllmWheel.NewestFor(driver) is not { } fitting)
            return Finding.Fail($"Driver {driver} is too old for every build of vLLM.", evidence, $"Update the driver to {VllmWheel.LeastDriverOfAll} or later, or take a rig with a newer one.").AsTask();
        return installed is not null && VllmWheel.Of(installed.Variant) is { } built && !built.Runs(driver)
            ? Finding.Fail($"vLLM {installed.Version} was installed for CUDA build {built.Variant}, which needs driver {built.LeastDriver}; there is {driver}.", evidence,
                $"Remove '{installed.Folder}' on the rig and run Initialize-GpuRig: it takes build {fitting.Variant}. Or update the driver to {built.LeastDriver}.").AsTask()
            : Finding.Pass($"Driver {driver}, CUDA {survey.CudaVersion ?? "?"}: build {installed?.Variant ?? fitting.Variant} of vLLM runs.", evidence).AsTask();
    }
}
