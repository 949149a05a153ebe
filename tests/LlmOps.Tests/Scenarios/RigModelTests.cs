using LlmOps.Hub;
using LlmOps.Rigs;

namespace LlmOps.Tests.Scenarios;

/// <summary>The cmdlets around a model where the model is on a rig, over a real sshd: they list, test, mend, copy and remove there and nowhere else.</summary>
public sealed class RigModelTests : IDisposable
{
    private const string Model = "Qwen/Qwen2.5-0.5B-Instruct";

    private readonly Session _session = new();
    private readonly SecondMachine _second = new(speed: 40, hubRate: 1e9);

    public RigModelTests()
    {
        _session.SetEnvironment("HF_TOKEN", null);
        _session.SetEnvironment("HF_HUB_CACHE", null);
        _session.SetEnvironment("HF_HOME", Path.Join(_session.Folder, "hf"));
        _session.SetEnvironment("HF_ENDPOINT", "http://127.0.0.1:9"); // this machine has no Hub
        Attach("second", _second);
    }

    public void Dispose()
    {
        _session.Dispose();
        _second.Dispose();
    }

    [LinuxFact]
    public void A_model_on_a_rig_is_listed_tested_mended_and_removed()
    {
        Assert.All(All<HfModelFile>($"Get-HfModelFile {Model} -Rig second"), file => Assert.False(file.IsCached));
        var model = One<HfModel>($"Get-HfModel {Model} -Rig second");
        var files = All<HfModelFile>($"Get-HfModelFile {Model} -Rig second");
        Assert.Equal(model.FileCount, files.Count(file => file.IsCached));
        Assert.Equal(model.Size, files.Where(file => file.IsCached).Sum(file => file.Size));

        var cached = One<CachedModel>("Get-HfModel -Cached -Rig second");
        Assert.Equal((Model, model.Size, "second"), (cached.Id, cached.Size, cached.Rig?.Name));
        Assert.Empty(All<CachedModel>("Get-HfModel -Cached"));

        Assert.All(All<TestedModelFile>($"Test-HfModel {Model} -Rig second"), file => Assert.Equal(FileVerdict.Ok, file.Verdict));
        var victim = files.Where(file => file.IsCached).MaxBy(file => file.Size)!;
        Flip(Path.Join(model.Path, victim.Path));
        var damaged = One<TestedModelFile>($"Test-HfModel {Model} -Rig second | Where-Object Verdict -ne Ok");
        Assert.Equal((victim.Path, FileVerdict.Corrupt, false), (damaged.Path, damaged.Verdict, damaged.IsRepaired));
        Assert.True(One<TestedModelFile>("Get-HfModel -Cached -Rig second | Test-HfModel -Repair | Where-Object Verdict -ne Ok").IsRepaired);
        Assert.All(All<TestedModelFile>($"Test-HfModel {Model} -Rig second"), file => Assert.Equal(FileVerdict.Ok, file.Verdict));

        All<object>("Get-HfModel -Cached -Rig second | Remove-HfModel -WhatIf");
        Assert.True(Directory.Exists(model.Path));
        All<object>("Get-HfModel -Cached -Rig second | Remove-HfModel -Confirm:$false");
        Assert.False(Directory.Exists(model.Path));
        Assert.Equal(["ModelNotCached"], _session.Invoke($"Remove-HfModel {Model} -Rig second -Confirm:$false").ErrorIds);
    }

    [LinuxFact]
    public void A_model_goes_from_a_rig_here_back_and_on_to_another_rig()
    {
        var model = One<HfModel>($"Get-HfModel {Model} -Rig second");
        var here = One<HfModel>($"Copy-HfModel {Model} -From second");
        Assert.Null(here.Rig);
        AssertSame(model.Path, here.Path);
        Assert.Equal(model.Size, here.Downloaded);
        Assert.Equal(0, One<HfModel>("Get-HfModel -Cached -Rig second | Copy-HfModel").Downloaded);

        All<object>($"Remove-HfModel {Model} -Rig second -Confirm:$false");
        var back = One<HfModel>($"Get-HfModel -Cached {Model} | Copy-HfModel -To second");
        Assert.Equal(("second", model.Path, model.Size), (back.Rig?.Name, back.Path, back.Downloaded));
        AssertSame(here.Path, back.Path);

        using var machine = new SecondMachine(speed: 40, hubRate: 1e9);
        Attach("third", machine);
        var third = One<HfModel>($"Copy-HfModel {Model} -From second -To third");
        Assert.Equal("third", third.Rig?.Name);
        AssertSame(here.Path, third.Path);
        Assert.Equal(0, One<HfModel>($"Get-HfModel {Model} -Rig third").Downloaded);
    }

    private static void AssertSame(string expected, string actual)
    {
        var files = Directory.GetFiles(expected, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(expected, path)).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        Assert.Equal(files, Directory.GetFiles(actual, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(actual, path)).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Join(expected, file)), File.ReadAllBytes(Path.Join(actual, file))));
    }

    private static void Flip(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var was = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(was ^ 16));
    }

    private void Attach(string name, SecondMachine machine) => _session.Invoke($"New-GpuRig {machine.Login} -Name {name}").NoErrors().Single<GpuRig>();

    private T One<T>(string script) => _session.Invoke(script).NoErrors().Single<T>();

    private IReadOnlyList<T> All<T>(string script) => _session.Invoke(script).NoErrors().All<T>();
}
