using LlmOps.Rigs;

namespace LlmOps.Renting;

/// <summary>An account whose machines do not exist: rehearsal rigs on this machine, paid for with money that does not exist either.</summary>
public interface ISimulatedMachines
{
    /// <summary>What a machine pretends to be.</summary>
    /// <param name="id">Its id.</param>
    SimulatedRig SimulationOf(string id);

    /// <summary>How many times faster than this workstation's the machines' clocks run.</summary>
    double Speed { get; }
}
