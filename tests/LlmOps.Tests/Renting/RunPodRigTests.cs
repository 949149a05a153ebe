using System.Globalization;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.Testing.Clouds;

namespace LlmOps.Tests.Renting;

/// <summary>
/// RunPod from the prompt to the guard: the real client and the real guard over HTTP against a fake of the vendor's API, whose pods are a simulated machine that the
/// real SSH layer reaches with the key of the request.
/// </summary>
public sealed class RunPodRigTests : IAsyncLifetime
{
    private readonly RentalSession _lab = new();
    private readonly FakeRunPod _cloud = new();
    private StandIn _pod = null!;

    public async Task InitializeAsync()
    {
        _pod = await StandIn.StartAsync(_cloud, _lab.Session, "A40");
        _cloud.Account.Volumes.Add(("vol1", "llmops-models", "EU-RO-1", "", 100));
        _cloud.Account.EndLooks = 0; // the guard looks at nothing: it asks for the end, and is gone with the machine
        _lab.Session.SetEnvironment("RUNPOD_API_KEY", _cloud.Key);
        _lab.Session.SetVariable("key", _cloud.Key);
    }

    public async Task DisposeAsync()
    {
        await _pod.DisposeAsync(); // before its folder goes
        await _lab.DisposeAsync();
        await _cloud.DisposeAsync();
    }

    [FactOnStandIn]
    public async Task A_pod_is_rented_with_its_volume_reached_guarded_and_ended_by_its_guard()
    {
        var rig = _lab.Run("New-GpuRig -Provider RunPod -Gpu A40 -GpuCount 2 -Volume llmops-models -IdleTimeout 10s -GuardApiKey $key -Name pod").NoErrors().Single<GpuRig>();
        Assert.Equal(("EU-RO-1", 0.88m, "vol1"), (rig.Rental!.Region, rig.Rental.PricePerHour, rig.Rental.Volume!.Id));
        Assert.Equal(2, _lab.Run("Get-GpuMemory pod").NoErrors().Output.Count);

        // Nobody uses it, and this process does nothing more: the guard ends it through the API.
        await Eventually.TrueAsync(() => _cloud.Account.Alive.Count == 0, "the guard has ended the pod");
        Assert.Single(_lab.Run("Get-GpuRig").NoErrors().Warnings, warning => warning.Contains("is over", StringComparison.Ordinal));
        Assert.Contains("volume 'llmops-models'", Assert.Single(_lab.Rentals).Receipt!.ToString(), StringComparison.Ordinal);
    }

    [FactOnStandIn]
    public void The_key_is_nowhere_but_in_the_guards_own_file()
    {
        var run = _lab.Run("$VerbosePreference = $DebugPreference = 'Continue'; New-GpuRig -Provider RunPod -Gpu A40 -GpuCount 2 -GuardApiKey $key -Name pod; Get-GpuRig; Find-GpuOrphan; Get-LlmCost").NoErrors();
        Assert.DoesNotContain(_cloud.Key, string.Join('\n', run.Verbose.Concat(run.Debug).Concat(run.Warnings).Concat(run.Output.Select(item => System.Management.Automation.PSSerializer.Serialize(item, 5)))), StringComparison.Ordinal);
        Assert.Equal([Path.Join(_pod.Folder.Home, ".llmops", "guard", "key")], Holding(_pod.Folder.Path));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(_pod.Folder.Home, ".llmops", "guard", "key")));
        Assert.Empty(Holding(_lab.Home.Folder));
        Assert.DoesNotContain(CommandLines(), line => line.Contains(_cloud.Key, StringComparison.Ordinal));

        _lab.Session.SetVariable("reading", _cloud.ReadOnlyKey);
        var refused = _lab.Run("New-GpuRig -Provider RunPod -Gpu A40 -ApiKey $reading -Name no");
        Assert.Equal(["ProviderForbidden"], refused.ErrorIds);
        Assert.Single(_cloud.Requests, request => request.Method == "POST" && request.Path.EndsWith("/pods", StringComparison.Ordinal)); // that of the first
        Assert.DoesNotContain(_cloud.ReadOnlyKey, refused.Errors[0].Exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(["ProviderForbidden"], _lab.Run("New-GpuRig -Provider RunPod -Gpu A40 -GuardApiKey $reading -Name no").ErrorIds);
        _lab.Run("Remove-GpuRig pod -DrainSeconds 0").NoErrors().Single<RigReceipt>();
        Assert.Empty(_cloud.Account.Alive);
    }

    private IReadOnlyList<string> Holding(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Where(file => new FileInfo(file).Length is > 0 and < 1 << 20 && File.ReadAllText(file).Contains(_cloud.Key, StringComparison.Ordinal))];

    private static IEnumerable<string> CommandLines() => Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)).Select(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Join(folder, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    });
}
