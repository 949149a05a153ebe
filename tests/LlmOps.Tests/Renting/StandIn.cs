using LlmOps.Rigs.Simulation;
using LlmOps.Testing.Clouds;

namespace LlmOps.Tests.Renting;

/// <summary>
/// The machine behind a fake cloud's API: a simulated one, whose SSH server lets in whom the request that rents it names. The client and the guard are the real
/// ones, and speak HTTP with the fake.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly FakeCloud _cloud;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _admitting;

    private StandIn(SimulatedRigFolder folder, FakeCloud cloud)
    {
        Folder = folder;
        _cloud = cloud;
        _admitting = AdmitAsync();
    }

    /// <summary>The machine's folder.</summary>
    public SimulatedRigFolder Folder { get; }

    /// <summary>Starts a machine, and makes the session a customer of the cloud.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="session">The session.</param>
    /// <param name="gpu">The machine's GPUs, of which it has two.</param>
    /// <param name="sshPort">The port of its SSH server; null takes any.</param>
    public static async Task<StandIn> StartAsync(FakeCloud cloud, Session session, string gpu, int? sshPort = null)
    {
        var folder = new SimulatedRigFolder(Path.Join(session.Folder, "stand-in"));
        SimulatedRigBuilder.Build(folder, new SimulatedRigState
        {
            Name = "stand-in", Gpu = gpu, GpuCount = 2, Speed = 120, Simulator = Path.Join(BuiltModule.Bin, "simulator", "linux-x64", "llmops-simulator"), HubPort = LoopbackPort.Choose(), SshPort = sshPort,
        });
        var state = await new SimulatedRigPower(folder, TimeProvider.System).StartAsync(default);
        cloud.Account.Ssh = (state.Address, state.SshPort!.Value);
        session.SetEnvironment($"LLMOPS_{cloud.Provider.ToUpperInvariant()}_URL", cloud.Address.AbsoluteUri);
        return new StandIn(folder, cloud);
    }

    /// <summary>Gives the machine a key of its own in its environment, as some providers do.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="key">The key.</param>
    public void GiveKey(string variable, string key)
    {
        const string emptied = "env -i ";
        var login = File.ReadAllText(Folder.Login);
        Assert.Contains(emptied, login, StringComparison.Ordinal);
        File.WriteAllText(Folder.Login, login.Replace(emptied, $"{emptied}{variable}={key} ", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _admitting;
        await new SimulatedRigPower(Folder, TimeProvider.System).StopAsync(default);
        _stop.Dispose();
    }

    /// <summary>What an image's start script does: the key of the request may log in.</summary>
    private async Task AdmitAsync()
    {
        var keys = Path.Join(Folder.Sshd, "authorized_keys");
        while (!_stop.IsCancellationRequested)
        {
            foreach (var key in _cloud.Account.Alive.Select(machine => machine.PublicKey).OfType<string>())
                if (!(await File.ReadAllTextAsync(keys)).Contains(key, StringComparison.Ordinal)) await File.AppendAllTextAsync(keys, key + "\n");
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
