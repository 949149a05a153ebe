namespace LlmOps.Providers;

/// <summary>A machine to rent.</summary>
public sealed record RigSpec
{
    /// <summary>The machine's name at the provider: unique, since only by it is a machine found again whose answer was lost. Lower-case letters, digits and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What to rent.</summary>
    public required GpuOffer Offer { get; init; }

    /// <summary>The place; null leaves it to the provider among those of the offer.</summary>
    public string? Region { get; init; }

    /// <summary>The container's image or the operating system's; null takes one that is known to work.</summary>
    public string? Image { get; init; }

    /// <summary>The public key that may log in, as one line of <c>authorized_keys</c>.</summary>
    public required string SshPublicKey { get; init; }

    /// <summary>The same key as the account has it registered; needed with <see cref="ProviderCapabilities.AccountSshKeys"/>.</summary>
    public SshKeyReference? SshKey { get; init; }

    /// <summary>The disk of the machine in GiB, where it can be chosen; null is the usual.</summary>
    public int? DiskGiB { get; init; }

    /// <summary>A volume to attach, or null. The machine then stands in the volume's place.</summary>
    public GpuVolume? Volume { get; init; }

    /// <summary>Where the volume appears on the machine.</summary>
    public string VolumePath { get; init; } = "/workspace";

    /// <summary>A script that runs as root at the first boot, or null; needs <see cref="ProviderCapabilities.StartupScript"/>. Never with a secret in it.</summary>
    public string? StartupScript { get; init; }

    /// <summary>When the provider shall end the machine by itself; heeded with <see cref="ProviderCapabilities.ServerExpiry"/>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>US dollars after which the provider shall end the machine by itself; heeded where <see cref="IServerExpiry.SupportsSpend"/>.</summary>
    public decimal? MaxSpend { get; init; }

    /// <summary>Tags, where the provider has such. Never with a secret in them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
