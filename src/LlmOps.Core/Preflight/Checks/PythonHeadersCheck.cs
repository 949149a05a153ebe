using LlmOps.Engines;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the Python that runs the engine has its headers, which Triton compiles its launchers against.</summary>
internal sealed class PythonHeadersCheck : IRigCheck
{
    private const string Question = "import os, sysconfig; path = os.path.join(sysconfig.get_paths()['include'], 'Python.h'); print(os.path.isfile(path), path)";

    public string Name => "PythonHeaders";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (EngineEnvironment.Find(survey.Layout, survey.Wish.EngineVersion) is not { } environment)
            return Finding.Pass("vLLM is not installed yet; it comes with a Python that has its headers.", $"no environment in {survey.Layout.VirtualEnvironments}");
        var run = await survey.AskAsync(environment.Python, ["-c", Question], cancel).ConfigureAwait(false);
        var evidence = $"$ {environment.Python} -c \"{Question}\"\n{run?.Output}{run?.Error}";
        return run?.Output.Trim().Split(' ', 2) switch
        {
            ["True", var path] => Finding.Pass($"{path}.", evidence),
            ["False", _] => Finding.Fail("The engine's Python has no Python.h.", evidence, "On the rig: sudo apt-get install -y python3-dev; or remove the environment and run Initialize-GpuRig, which brings a Python with headers."),
            _ => null,
        };
    }
}
