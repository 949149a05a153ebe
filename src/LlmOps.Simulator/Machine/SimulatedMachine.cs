using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Machine;

/// <summary>The rehearsal rig that this process runs on.</summary>
internal sealed class SimulatedMachine
{
    public SimulatedMachine(SimulatedRigFolder folder)
    {
        Folder = folder;
        State = SimulatedRigState.Read(folder);
        Gpu = SimulatedGpu.Of(State.Gpu);
    }

    public SimulatedRigFolder Folder { get; }

    public SimulatedRigState State { get; }

    public SimulatedGpu Gpu { get; }

    /// <summary>The GPUs that programs see.</summary>
    public int GpuCount => HasFault("NoGpu") || HasFault("DriverNotLoaded") ? 0 : State.GpuCount;

    /// <summary>The rig that the environment names, else the one in whose folder the called program lies.</summary>
    public static SimulatedMachine OfThisProcess()
    {
        if (Environment.GetEnvironmentVariable(SimulatedRigFolder.Variable) is { Length: > 0 } named) return new(new SimulatedRigFolder(named));
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(CalledAs.Path)); folder is not null; folder = Path.GetDirectoryName(folder))
            if (new SimulatedRigFolder(folder) is { Exists: true } found) return new SimulatedMachine(found);
        throw SimulatorErrors.RigMissing(Environment.CurrentDirectory);
    }

    public bool HasFault(string name) => Fault(name) is not null;

    public SimulatedFault? Fault(string name) => State.Fault.Select(SimulatedFault.Parse).FirstOrDefault(fault => fault.Name == name);

    /// <summary>Waits as long as the real machine would take, divided by the rig's speed.</summary>
    public Task PassAsync(double seconds, CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(seconds / State.Speed), cancel);

    /// <summary>How long it took on the rig's own clock.</summary>
    public double RigSeconds(TimeSpan real) => real.TotalSeconds * State.Speed;
}
