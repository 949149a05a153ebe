using System.Globalization;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;
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
    private readonly CancellationTokenSource _stop = new();
    private SimulatedRigFolder _pod = null!;
    private Task _admitting = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _pod = new SimulatedRigFolder(Path.Join(_lab.Session.Folder, "pod"));
        SimulatedRigBuilder.Build(_pod, new SimulatedRigState
        {
            Name = "pod", Gpu = "A40", GpuCount = 2, Speed = 120, Simulator = Path.Join(BuiltModule.Bin, "simulator", "linux-x64", "llmops-simulator"), HubPort = LoopbackPort.Choose(),
        });
        var state = await new SimulatedRigPower(_pod, TimeProvider.System).StartAsync(default);
        _cloud.Account.Ssh = ("127.0.0.1", state.SshPort!.Value);
        _cloud.Account.Volumes.Add(("vol1", "llmops-models", "EU-RO-1", "", 100));
        _lab.Session.SetEnvironment("LLMOPS_RUNPOD_URL", _cloud.Address.AbsoluteUri);
        _lab.Session.SetEnvironment("RUNPOD_API_KEY", _cloud.Key);
        _lab.Session.SetVariable("key", _cloud.Key);
        _admitting = AdmitAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _admitting;
        _lab.Dispose();
        await new SimulatedRigPower(_pod, TimeProvider.System).StopAsync(default);
        await _cloud.DisposeAsync();
    }

    [FactAsRootLogin]
    public async Task A_pod_is_rented_with_its_volume_reached_guarded_and_ended_by_its_guard()
    {
        var rig = _lab.Run("New-GpuRig -Provider RunPod -Gpu A40 -GpuCount 2 -Volume llmops-models -IdleTimeout 20s -GuardApiKey $key -Name pod").NoErrors().Single<GpuRig>();
        Assert.Equal(("EU-RO-1", 0.88m, "vol1"), (rig.Rental!.Region, rig.Rental.PricePerHour, rig.Rental.Volume!.Id));
        Assert.Equal(2, _lab.Run("Get-GpuMemory pod").NoErrors().Output.Count);

        // Nobody uses it, and this process does nothing more: the guard ends it through the API.
        await Eventually.TrueAsync(() => _cloud.Account.Alive.Count == 0, "the guard has ended the pod");
        Assert.Single(_lab.Run("Get-GpuRig").NoErrors().Warnings, warning => warning.Contains("is over", StringComparison.Ordinal));
        Assert.Contains("volume 'llmops-models'", Assert.Single(_lab.Rentals).Receipt!.ToString(), StringComparison.Ordinal);
    }

    [FactAsRootLogin]
    public void The_key_is_nowhere_but_in_the_guards_own_file()
    {
        var run = _lab.Run("$VerbosePreference = $DebugPreference = 'Continue'; New-GpuRig -Provider RunPod -Gpu A40 -GpuCount 2 -GuardApiKey $key -Name pod; Get-GpuRig; Find-GpuOrphan; Get-LlmCost").NoErrors();
        Assert.DoesNotContain(_cloud.Key, string.Join('\n', run.Verbose.Concat(run.Debug).Concat(run.Warnings).Concat(run.Output.Select(item => System.Management.Automation.PSSerializer.Serialize(item, 5)))), StringComparison.Ordinal);
        Assert.Equal([Path.Join(_pod.Home, ".llmops", "guard", "key")], Holding(_pod.Path));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(_pod.Home, ".llmops", "guard", "key")));
        Assert.Empty(Holding(_lab.Home.Folder));
        Assert.DoesNotContain(CommandLines(), line => line.Contains(_cloud.Key, StringComparison.Ordinal));

        _lab.Session.SetVariable("reading", _cloud.ReadOnlyKey);
        var refused = _lab.Run("New-GpuRig -Provider RunPod -Gpu A40 -ApiKey $reading -Name no");
        Assert.Equal(["ProviderForbidden"], refused.ErrorIds);
        Assert.DoesNotContain(_cloud.ReadOnlyKey, refused.Errors[0].Exception.ToString(), StringComparison.Ordinal);
        _lab.Run("Remove-GpuRig pod -DrainSeconds 0").NoErrors().Single<RigReceipt>();
        Assert.Empty(_cloud.Account.Alive);
    }

    /// <summary>What an image's start script does: the key of the request may log in.</summary>
    private async Task AdmitAsync()
    {
        var keys = Path.Join(_pod.Sshd, "authorized_keys");
        while (!_stop.IsCancellationRequested)
        {
            foreach (var key in _cloud.Account.Alive.Select(machine => machine.PublicKey).OfType<string>())
                if (!(await File.ReadAllTextAsync(keys)).Contains(key, StringComparison.Ordinal)) await File.AppendAllTextAsync(keys, key + "\n");
            await Task.Delay(50, CancellationToken.None);
        }
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

    /// <summary>RunPod's pods are logged in to as root, so their stand-in can be reached only where this process is root's.</summary>
    private sealed class FactAsRootLoginAttribute : FactAttribute
    {
        public FactAsRootLoginAttribute()
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Skip = "A pod is logged in to as root, which its stand-in allows only to a process of root.";
        }
    }
}
