using System.Security.Cryptography;
using System.Text;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Gpus;

/// <summary>One GPU of the rig at this moment, as the driver would report it.</summary>
internal sealed class GpuReading
{
    private readonly SimulatedMachine _machine;
    private readonly byte[] _identity;

    private GpuReading(SimulatedMachine machine, int index, IReadOnlyList<GpuHolding> holdings)
    {
        _machine = machine;
        Index = index;
        Holdings = holdings;
        _identity = SHA256.HashData(Encoding.UTF8.GetBytes($"{machine.Folder.Path}\n{machine.State.Gpu}\n{index}"));
    }

    public int Index { get; }

    public IReadOnlyList<GpuHolding> Holdings { get; }

    public string Uuid => $"GPU-{new Guid(_identity.AsSpan(0, 16)):D}";

    public string Serial => (1_650_000_000_000 + (BitConverter.ToUInt32(_identity, 16) % 9_999_999)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string Bus => $"{Index + 6:X2}";

    public string BusId => $"00000000:{Bus}:00.0";

    public long UsedMiB => Holdings.Sum(held => held.Bytes) >> 20;

    public long FreeMiB => Math.Max(0, _machine.Gpu.MemoryMiB - _machine.Gpu.ReservedMiB - UsedMiB);

    public int Utilization => Math.Min(100, Holdings.Sum(held => held.Utilization));

    public int MemoryUtilization => Utilization / 2;

    /// <summary>Celsius.</summary>
    public int Temperature => 31 + Index + (Holdings.Count > 0 ? 8 : 0) + (Utilization * 27 / 100);

    public double PowerWatts => _machine.Gpu.IdleWatts + (Holdings.Count > 0 ? _machine.Gpu.PowerLimitWatts * 0.11 : 0) + ((_machine.Gpu.PowerLimitWatts * 0.86 - _machine.Gpu.IdleWatts) * Utilization / 100);

    public string PerformanceState => Holdings.Count > 0 ? "P0" : "P8";

    /// <summary>All GPUs that the driver sees.</summary>
    public static IReadOnlyList<GpuReading> All(SimulatedMachine machine)
    {
        var holdings = GpuHolding.All(machine.Folder);
        if (machine.HasFault("ForeignProcess"))
            holdings = [.. holdings, new GpuHolding { Pid = 4242, Began = 0, Name = "/usr/bin/blender", Gpu = 0, Bytes = (long)machine.Gpu.MemoryMiB << 19 }];
        return [.. Enumerable.Range(0, machine.GpuCount).Select(index => new GpuReading(machine, index, [.. holdings.Where(held => held.Gpu == index).OrderBy(held => held.Pid)]))];
    }
}
