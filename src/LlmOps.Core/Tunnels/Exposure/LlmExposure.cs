using LlmOps.Processes;
using LlmOps.Rigs;

namespace LlmOps.Tunnels.Exposure;

/// <summary>Whether a port of a rig can be reached from outside, as tried from here and as the rig itself says.</summary>
public sealed record LlmExposure
{
    /// <summary>The rig.</summary>
    public required GpuRig Rig { get; init; }

    /// <summary>The server that the port belongs to, or null.</summary>
    public string? Server { get; init; }

    /// <summary>The TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>The rig's address that was tried, or null.</summary>
    public string? Address { get; init; }

    /// <summary>What it answered.</summary>
    public required OutsideAnswer Outside { get; init; }

    /// <summary>Who listens on the port, as the rig says.</summary>
    public required IReadOnlyList<ListeningSocket> Listeners { get; init; }

    /// <summary>What follows from both.</summary>
    public ExposureVerdict Verdict => (Outside, Listeners.Any(listener => !listener.IsLoopback)) switch
    {
        (OutsideAnswer.Accepted, true) => ExposureVerdict.Exposed,
        (OutsideAnswer.Accepted, false) => ExposureVerdict.AnsweredByOthers,
        (OutsideAnswer.NotTried, true) => ExposureVerdict.Unknown,
        (_, true) => ExposureVerdict.Firewalled,
        (_, false) => ExposureVerdict.Closed,
    };

    /// <summary>True if outsiders can reach it.</summary>
    public bool IsExposed => Verdict == ExposureVerdict.Exposed;
}
