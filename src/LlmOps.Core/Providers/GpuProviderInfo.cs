namespace LlmOps.Providers;

/// <summary>What is known of a provider without asking it.</summary>
public sealed record GpuProviderInfo
{
    /// <summary>The name that parameters take, such as <c>RunPod</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's API, without a key in it.</summary>
    public required Uri Address { get; init; }

    /// <summary>Where a person sees and ends machines by hand.</summary>
    public required Uri Console { get; init; }

    /// <summary>Where a person makes keys.</summary>
    public required Uri KeyPage { get; init; }

    /// <summary>The environment variables that hold a key, the usual one first.</summary>
    public required IReadOnlyList<string> KeyVariables { get; init; }

    /// <summary>The files in which the provider's own program keeps a key, relative to the user's folder.</summary>
    public required IReadOnlyList<ProviderKeyFile> KeyFiles { get; init; }

    /// <summary>What it can do.</summary>
    public required ProviderCapabilities Capabilities { get; init; }

    /// <summary>The longest name of a machine.</summary>
    public required int MaxNameLength { get; init; }

    /// <summary>How long to wait between two looks at a machine.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>How long a machine may take from the request until its SSH server answers.</summary>
    public required TimeSpan ReadyTimeout { get; init; }

    /// <summary>How long a machine that was just made may be missing in what the provider lists.</summary>
    public required TimeSpan ListingLag { get; init; }

    /// <summary>The variable that names the machine's own id inside the machine, or null.</summary>
    public string? MachineIdVariable { get; init; }

    /// <summary>The variable that holds the machine's own key inside the machine, or null.</summary>
    public string? MachineKeyVariable { get; init; }

    /// <summary>True if it can do all of that.</summary>
    /// <param name="capabilities">What is asked for.</param>
    public bool Can(ProviderCapabilities capabilities) => (Capabilities & capabilities) == capabilities;

    /// <summary>The provider's name.</summary>
    public override string ToString() => Name;
}
