using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Infrastructure;

/// <summary>Where the cmdlets' services are put together; the only place that names the SSH assembly.</summary>
internal static class Services
{
    /// <summary>The clock.</summary>
    public static TimeProvider Time => TimeProvider.System;

    /// <summary>The folder on this workstation.</summary>
    public static LlmOpsHome Home => LlmOpsHome.FromEnvironment();

    /// <summary>The rigs that this workstation knows.</summary>
    public static RigStore Rigs => new(Home);

    /// <summary>The shared connections of this process.</summary>
    public static RigConnectionPool Connections { get; } = new(Time);
}
