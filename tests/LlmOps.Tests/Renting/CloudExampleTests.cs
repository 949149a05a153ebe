using LlmOps.Renting;
using LlmOps.Testing.Clouds;

namespace LlmOps.Tests.Renting;

/// <summary>The runbooks that rent from a vendor, word for word, against fakes of the vendors' APIs.</summary>
public sealed class CloudExampleTests : IAsyncLifetime
{
    private readonly RentalSession _lab = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [FactOnStandIn]
    public async Task RunPod_with_a_network_volume()
    {
        await using var cloud = new FakeRunPod();
        await using var pod = await StandIn.StartAsync(cloud, _lab.Session, "A40");
        _lab.Session.SetEnvironment("RUNPOD_API_KEY", cloud.Key);
        pod.GiveKey("RUNPOD_API_KEY", cloud.Key);
        Run("rent-runpod.ps1", cloud);
        Assert.False(File.Exists(Path.Join(pod.Folder.Home, ".llmops", "guard", "key"))); // the pod's own key is enough
        var volume = Assert.Single(cloud.Account.Volumes);
        Assert.Equal(("llmops-models", 100), (volume.Name, volume.Size));
        Assert.Equal([volume.Id], Assert.Single(cloud.Account.Machines).Volumes);
        Assert.Contains("volume 'llmops-models'", Assert.Single(_lab.Rentals).Receipt!.ToString(), StringComparison.Ordinal);
    }

    [FactOnStandIn(AtUsualPort = true)]
    public async Task Massed_Compute()
    {
        await using var cloud = new FakeMassed { Username = Environment.UserName };
        await using var machine = StandIn.StartApart(cloud, _lab.Session, "RTX A6000");
        _lab.Session.SetEnvironment("MASSED_COMPUTE_API_KEY", cloud.Key);
        Run("rent-massedcompute.ps1", cloud);
        Assert.Empty(cloud.Account.Keys);
    }

    private void Run(string example, FakeCloud cloud)
    {
        _lab.Run($"& '{Repository.PathOf("examples", example)}' -Model Qwen/Qwen2.5-0.5B-Instruct 6>&1").NoErrors();
        Assert.Empty(cloud.Account.Alive);
        Assert.Equal(RentalState.Gone, Assert.Single(_lab.Rentals).State);
    }
}
