using LlmOps.Rigs.Simulation;
using LlmOps.Testing.Clouds;
using LlmOps.Tests.Scenarios;

namespace LlmOps.Tests.Renting;

/// <summary>
/// The machine behind a fake cloud's API: a simulated one, whose SSH server lets in whom the request that rents it names. The client and the guard are the real
/// ones, and speak HTTP with the fake.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly FakeCloud _cloud;
    private readonly Func<Task> _end;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _admitting;

    private StandIn(SimulatedRigFolder folder, FakeCloud cloud, Session session, Func<Task> end)
    {
        Folder = folder;
        _cloud = cloud;
        _end = end;
        var state = SimulatedRigState.Read(folder);
        cloud.Account.Ssh = (state.Address, state.SshPort!.Value);
        session.SetEnvironment($"LLMOPS_{cloud.Provider.ToUpperInvariant()}_URL", cloud.Address.AbsoluteUri);
        _admitting = AdmitAsync();
    }

    /// <summary>The machine's folder.</summary>
    public SimulatedRigFolder Folder { get; }

    /// <summary>Starts a machine, and makes the session a customer of the cloud.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="session">The session.</param>
    /// <param name="gpu">The machine's GPUs, of which it has two.</param>
    public static async Task<StandIn> StartAsync(FakeCloud cloud, Session session, string gpu)
    {
        var folder = new SimulatedRigFolder(Path.Join(session.Folder, "stand-in"));
        SimulatedRigBuilder.Build(folder, new SimulatedRigState
        {
            Name = "stand-in",
            Gpu = gpu,
            GpuCount = 2,
            Speed = 120,
            Simulator = Path.Join(BuiltModule.Bin, "simulator", "linux-x64", "llmops-simulator"),
            HubPort = LoopbackPort.Choose(),
        });
        var power = new SimulatedRigPower(folder, TimeProvider.System);
        await power.StartAsync(default);
        return new StandIn(folder, cloud, session, () => power.StopAsync(default));
    }

    /// <summary>Starts a machine in a network namespace, where it may have the usual port of SSH. What runs on it does not reach the cloud.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="session">The session.</param>
    /// <param name="gpu">The machine's GPUs, of which it has two.</param>
    public static StandIn StartApart(FakeCloud cloud, Session session, string gpu)
    {
        var machine = new SecondMachine(speed: 120, hubRate: 1e9, gpu, FactOnStandInAttribute.UsualPort);
        return new StandIn(machine.Folder, cloud, session, () =>
        {
            machine.Dispose();
            return Task.CompletedTask;
        });
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
        await _end();
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
