using System.Globalization;

namespace LlmOps.Rigs.Simulation;

/// <summary>A way in which a rehearsal rig fails as real ones do: a name, and for some the seconds after which, as in <c>CrashAfter:30</c>.</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="After">
/// When it happens, in real time that the rig's speed does not change: <c>CrashAfter</c> counts from when the server is ready,
/// <c>DropSsh</c> from the first login. Zero for the others.
/// </param>
public sealed record SimulatedFault(string Name, TimeSpan After)
{
    private const string CrashAfter = nameof(CrashAfter);
    private const string DropSsh = nameof(DropSsh);

    /// <summary>All faults that can be planted; <c>CrashAfter</c> and <c>DropSsh</c> take <c>:seconds</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "OutOfMemory", "NcclHang", CrashAfter, "Gated", DropSsh, "DiskFull", "DriverNotLoaded", "NoGpu", "NoNvidiaSmi", "NeverReady", "SlowStart",
        "OldDriver", "ForeignProcess", "EccErrors", "MigEnabled", "PowerCap", "Throttled", "NarrowPcie", "NvLinkDown",
        "NoCompiler", "NoPythonHeaders", "SmallSharedMemory", "LowMemory", "FewOpenFiles", "ClockSkew", "NoNameResolution", "HubDown",
    ];

    /// <summary>Reads a fault.</summary>
    /// <param name="text">Such as <c>OutOfMemory</c> or <c>crashafter:30</c>.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedFaultUnknown</c>.</exception>
    public static SimulatedFault Parse(string text)
    {
        var parts = text.Split(':', 2);
        var name = Names.FirstOrDefault(known => known.Equals(parts[0].Trim(), StringComparison.OrdinalIgnoreCase)) ?? throw SimulatorErrors.FaultUnknown(text);
        if (name is not (CrashAfter or DropSsh)) return parts.Length == 1 ? new SimulatedFault(name, TimeSpan.Zero) : throw SimulatorErrors.FaultUnknown(text);
        if (parts.Length == 1) return new SimulatedFault(name, TimeSpan.FromSeconds(10));
        return double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e6
            ? new SimulatedFault(name, TimeSpan.FromSeconds(seconds))
            : throw SimulatorErrors.FaultUnknown(text);
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Name is CrashAfter or DropSsh ? string.Create(CultureInfo.InvariantCulture, $"{Name}:{After.TotalSeconds}") : Name;
}
