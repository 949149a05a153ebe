using LlmOps.Diagnosis;
using LlmOps.Engines;
using LlmOps.Testing;

namespace LlmOps.Tests.Faults;

/// <summary>Failures that explain themselves, and starts that mend themselves.</summary>
[Collection(FaultCollection.Name)]
public sealed class DiagnosisTests(FaultFixture faults) : IDisposable
{
    private const string TooLong = "Start-VllmServer Qwen/Qwen2.5-72B-Instruct-AWQ -Rig good -Name long -TensorParallelSize 1 -MaxModelLen 32768 -Force";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        faults.Session.Invoke("Get-LlmServer -Rig good | Stop-LlmServer -Force -Remove");
        faults.Good.Become();
        _folder.Dispose();
    }

    [Fact]
    public void A_context_that_is_too_long_is_fitted_and_said()
    {
        var result = faults.Session.Invoke($"{TooLong} -AutoFit").NoErrors();

        var server = result.Single<LlmServer>();
        Assert.Equal(LlmServerState.Ready, server.State);
        Assert.InRange(server.MaxModelLen!.Value, 1000, 32767);
        Assert.Equal($"-MaxModelLen {server.MaxModelLen}", server.AutoFitted);
        Assert.Contains(server.AutoFitted!, Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(server.AutoFitted, faults.Session.Invoke("Get-LlmServer long -Rig good").Single<LlmServer>().AutoFitted);
    }

    [Fact]
    public void Without_it_the_error_has_the_argument_to_paste()
    {
        var result = faults.Session.Invoke(TooLong);

        Assert.Equal(["ServerFailed"], result.ErrorIds);
        Assert.Matches(@"Start it with -MaxModelLen \d+ \(-AutoFit", result.Errors[0].ErrorDetails.RecommendedAction);
        var diagnosis = faults.Session.Invoke("Get-LlmServer long -Rig good | Resolve-LlmFailure").NoErrors().Single<LlmDiagnosis>();
        Assert.Equal(("kv_maxlen", "long on good"), (diagnosis.Rule, diagnosis.Origin));
        Assert.Equal(diagnosis.Argument, faults.Session.Invoke("(Get-LlmServer long -Rig good).Diagnosis.Argument").Single<string>());
    }

    [Fact]
    public void What_no_argument_mends_is_not_tried_again()
    {
        faults.Good.Become("OutOfMemory");
        var result = faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name doomed -TensorParallelSize 1 -AutoFit"));
        Assert.Equal(["ServerFailed"], result.ErrorIds);
        Assert.Empty(result.Warnings);
        Assert.Equal(["AutoFitNeedsWait"], faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -AutoFit -NoWait")).ErrorIds);
    }

    [Fact]
    public void A_hang_is_told_with_its_remedy_and_ended()
    {
        faults.Good.Become("NcclHang");
        const string limit = "-Environment @{ VLLM_ENGINE_READY_TIMEOUT_S = '6' }";

        var started = faults.Session.Invoke(faults.Expand($"Start-VllmServer {{model}} -Rig good -Name stuck -TensorParallelSize 2 {limit}"));

        Assert.Equal(["ServerHangs"], started.ErrorIds);
        Assert.Contains("connecting the workers", started.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("-Collective", started.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(LlmServerState.Stopped, faults.Session.Invoke("Get-LlmServer stuck -Rig good").Single<LlmServer>().State);

        faults.Session.Invoke(faults.Expand($"Start-VllmServer {{model}} -Rig good -Name waiting -TensorParallelSize 2 -NoWait {limit}")).NoErrors();
        Assert.Equal(["ServerHangs"], faults.Session.Invoke("Wait-LlmServer waiting -Rig good").ErrorIds);
        var server = faults.Session.Invoke("Get-LlmServer waiting -Rig good").Single<LlmServer>();
        Assert.Equal(LlmServerState.Starting, server.State);
        Assert.Contains("hangs", server.Diagnosis!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_come_as_files_as_text_and_as_what_lists_files()
    {
        var failed = Path.Join(_folder.Path, "failed.log");
        File.WriteAllText(failed, "INFO 08-17 12:00:00 [a.py:1] all is well\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n");
        File.WriteAllText(Path.Join(_folder.Path, "well.log"), "INFO 08-17 12:00:00 [a.py:1] all is well\n");

        var byPath = faults.Session.Invoke($"Resolve-LlmFailure '{_folder.Path}/*.log'").NoErrors().Single<LlmDiagnosis>();
        Assert.Equal(("no_kernel", failed, 2L), (byPath.Rule, byPath.Origin, byPath.LineNumber));
        Assert.Equal("no_kernel", faults.Session.Invoke($"[IO.File]::ReadAllLines('{failed}') | Resolve-LlmFailure").NoErrors().Single<LlmDiagnosis>().Rule);
        Assert.Equal("no_kernel", faults.Session.Invoke($"[IO.FileInfo]'{failed}' | Resolve-LlmFailure").NoErrors().Single<LlmDiagnosis>().Rule);
        Assert.Empty(faults.Session.Invoke("'all is well' | Resolve-LlmFailure").NoErrors().Output);
        Assert.Equal(["LogNotFound"], faults.Session.Invoke($"Resolve-LlmFailure '{_folder.Path}/none.log'").ErrorIds);
        Assert.Equal(["ServerNotFound"], faults.Session.Invoke("Resolve-LlmFailure -Server nobody -Rig good").ErrorIds);
    }
}
