using LlmOps.Engines;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether a C compiler and the C library's headers are there: Triton and torch.compile build small libraries while vLLM runs.</summary>
internal sealed class CompilerCheck : IRigCheck
{
    public string Name => "Compiler";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var named = survey.Wish.Environment.GetValueOrDefault("CC") ?? Environment.GetEnvironmentVariable("CC");
        var asked = new List<string>();
        foreach (var compiler in named is { Length: > 0 } ? [named] : CCompiler.Names)
        {
            string[] arguments = ["-E", "-include", "stdlib.h", "-x", "c", "-o", "/dev/null", "/dev/null"];
            var run = await survey.AskAsync(compiler, arguments, cancel).ConfigureAwait(false);
            asked.Add($"$ {compiler} {string.Join(' ', arguments)}\n{(run is null ? "not found" : $"exit code {run.Exit.Code ?? 128 + run.Exit.Signal}\n{run.Error}")}");
            if (run?.Exit.Code == 0) return Finding.Pass($"{compiler} compiles.", string.Join('\n', asked));
        }

        const string seen = "There is no C compiler that finds the C library's headers.";
        return EngineEnvironment.Find(survey.Layout, survey.Wish.EngineVersion) is null
            ? Finding.Warn($"{seen} Initialize-GpuRig installs one.", string.Join('\n', asked), "Run Initialize-GpuRig RIG.")
            : Finding.Fail(seen, string.Join('\n', asked), $"On the rig: {CCompiler.InstallCommand}");
    }
}
