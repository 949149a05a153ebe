using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;
using LlmOps.State;

namespace LlmOps.Tests.Simulator;

public sealed class SimulatedRigHostTests
{
    [Fact]
    public async Task Login_by_ssh_reaches_the_rig_and_not_the_machine()
    {
        await using var rig = await RehearsalRig.CreateAsync();

        var (code, output, error) = await rig.SshAsync("echo $HOME; echo $LLMOPS_ROOT; command -v uv; nvidia-smi -L; exit 7");

        Assert.True(code == 7, error);
        var lines = output.Split('\n');
        Assert.Equal(rig.Folder.Home, lines[0]);
        Assert.Equal(rig.Rig.Root, lines[1]);
        Assert.Equal(Path.Join(rig.Folder.Bin, "uv"), lines[2]);
        Assert.Matches("^GPU 0: NVIDIA A40 \\(UUID: GPU-[0-9a-f-]{36}\\)$", lines[3]);
    }

    [Fact]
    public async Task Destroy_leaves_no_process_and_no_file()
    {
        var rig = await RehearsalRig.CreateAsync();
        await rig.RunAsync("setsid sleep 600 >/dev/null 2>&1 </dev/null & exit 0");
        var session = rig.SshAsync("sleep 600");
        var processes = new SimulatedRigProcesses(rig.Folder);
        await RehearsalRig.UntilAsync(() => processes.SshSessions().Count > 0);
        var before = processes.All();

        await rig.DisposeAsync();

        Assert.True(before.Count >= 4, $"{before.Count} processes");
        Assert.DoesNotContain(before, process => process.Lives());
        Assert.Empty(processes.All());
        Assert.False(Directory.Exists(rig.Root));
        Assert.NotEqual(0, (await session).Code);
    }

    [Fact]
    public async Task A_stopped_rig_comes_back_on_the_same_port_with_the_same_key()
    {
        await using var rig = await RehearsalRig.CreateAsync();
        await new SimulatedRigPower(rig.Folder, TimeProvider.System).StopAsync(CancellationToken.None);
        Assert.NotEqual(0, (await rig.SshAsync("true")).Code);

        var again = await new SimulatedRigHost(TimeProvider.System).EnsureRunningAsync(rig.Rig, CancellationToken.None);

        Assert.Same(rig.Rig, again);
        Assert.Equal(0, (await rig.SshAsync("true")).Code);
    }

    [Fact]
    public async Task DropSsh_breaks_the_connection_once()
    {
        await using var rig = await RehearsalRig.CreateAsync(faults: "DropSsh:0.3");

        Assert.Equal(255, (await rig.SshAsync("sleep 30")).Code);
        Assert.Equal(0, (await rig.SshAsync("sleep 1")).Code);
    }

    [Theory]
    [InlineData("Voodoo 2", 1, 1, "", "SimulatedGpuUnknown")]
    [InlineData("A40", 0, 1, "", "SimulatedGpuCountInvalid")]
    [InlineData("A40", 1, 0, "", "SimulatedSpeedInvalid")]
    [InlineData("A40", 1, 1, "Meteor", "SimulatedFaultUnknown")]
    [InlineData("A40", 1, 1, "CrashAfter:soon", "SimulatedFaultUnknown")]
    public async Task A_wrong_wish_is_refused_and_leaves_nothing(string gpu, int count, double speed, string fault, string errorId)
    {
        var root = Directory.CreateTempSubdirectory("rig").FullName;
        string[] faults = fault.Length == 0 ? [] : [fault];

        var error = await Assert.ThrowsAsync<LlmOpsException>(
            () => new SimulatedRigHost(TimeProvider.System).CreateAsync("rehearsal", gpu, count, speed, faults, new LlmOpsHome(root), RehearsalRig.Simulator, CancellationToken.None));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Empty(Directory.GetFileSystemEntries(root));
        Directory.Delete(root);
    }

    [Fact]
    public async Task A_folder_that_is_no_rig_is_never_deleted()
    {
        var folder = Directory.CreateTempSubdirectory("precious").FullName;
        var rig = new GpuRig { Name = "x", Kind = RigKind.Simulated, CreatedAt = default, Simulation = new SimulatedRig { Folder = folder, Gpu = "NVIDIA A40", GpuCount = 1 } };

        var error = await Assert.ThrowsAsync<LlmOpsException>(() => new SimulatedRigHost(TimeProvider.System).DestroyAsync(rig));

        Assert.Equal("SimulatedRigMissing", error.ErrorId);
        Assert.True(Directory.Exists(folder));
        Directory.Delete(folder);
    }

    [Theory]
    [InlineData("a40", "NVIDIA A40")]
    [InlineData("nvidia a40", "NVIDIA A40")]
    [InlineData("rtx-4090", "NVIDIA GeForce RTX 4090")]
    [InlineData("A100-80", "NVIDIA A100-SXM4-80GB")]
    [InlineData("T4", "Tesla T4")]
    public void A_gpu_is_found_as_people_type_it(string typed, string name) => Assert.Equal(name, SimulatedGpu.Of(typed).Name);
}
