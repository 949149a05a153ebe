using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Core.Tests.State;

public sealed class RigStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RigStore _store;

    public RigStoreTests() => _store = new RigStore(new LlmOpsHome(_folder.Path));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnotherProcessSeesTheSameRig()
    {
        var rig = Rig("Big") with
        {
            Ssh = new SshDestination { HostName = "gpu.example", UserName = "ubuntu", Port = 22031, IdentityFile = ["/keys/id"] },
            Gpu = "NVIDIA A40",
            GpuCount = 2,
        };
        _store.Add(rig);
        var seen = new RigStore(new LlmOpsHome(_folder.Path)).Find("big");
        Assert.NotNull(seen);
        Assert.Equal("ubuntu@gpu.example:22031", seen.Ssh!.ToString());
        Assert.Equal(["/keys/id"], seen.Ssh.IdentityFile);
        Assert.Equal("2 × NVIDIA A40", seen.Gpus);
    }

    [Fact]
    public void ANameIsTakenInAnyCase()
    {
        _store.Add(Rig("big"));
        Assert.Equal("RigExists", Assert.Throws<LlmOpsException>(() => _store.Add(Rig("BIG"))).ErrorId);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void ANameThatIsNoFileNameIsRefusedAndNothingIsWritten(string name)
    {
        Assert.Equal("RigNameInvalid", Assert.Throws<LlmOpsException>(() => _store.Add(Rig(name))).ErrorId);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void AFileThatIsNoProfileHidesNoOther()
    {
        _store.Add(Rig("good"));
        File.WriteAllText(_folder["rigs/broken.json"], "{ \"name\": ");
        File.WriteAllText(_folder["rigs/other.json"], "[]");
        Assert.Equal(["good"], _store.List().Select(rig => rig.Name));
    }

    [Fact]
    public void ManyWritersLeaveEveryRigWhole()
    {
        Parallel.For(0, 200, number => _store.Save(Rig($"rig{number % 10}") with { GpuCount = number }));
        Assert.Equal(10, _store.List().Count);
        Assert.Equal(10, Directory.GetFiles(_folder["rigs"]).Length);
    }

    [Fact]
    public void RemovingTellsWhetherItWasThere()
    {
        _store.Add(Rig("big"));
        Assert.True(_store.Remove("Big"));
        Assert.False(_store.Remove("big"));
        Assert.Empty(_store.List());
    }

    private static GpuRig Rig(string name) => new() { Name = name, Kind = RigKind.Ssh, CreatedAt = DateTimeOffset.UnixEpoch };
}
