namespace LlmOps.Providers;

/// <summary>What a provider can do beyond renting and ending machines. What it can't is never emulated.</summary>
[Flags]
public enum ProviderCapabilities
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Machines stop and start: <see cref="IStopStart"/>.</summary>
    StopStart = 1 << 0,

    /// <summary>Volumes outlive machines: <see cref="IVolumeStore"/>.</summary>
    Volumes = 1 << 1,

    /// <summary>Machines carry tags; elsewhere only the name tells whose a machine is.</summary>
    Tags = 1 << 2,

    /// <summary>The provider ends a machine by itself at a time: <see cref="IServerExpiry"/>.</summary>
    ServerExpiry = 1 << 3,

    /// <summary>A script runs at the first boot.</summary>
    StartupScript = 1 << 4,

    /// <summary>Offers say how much is free now.</summary>
    LiveStock = 1 << 5,

    /// <summary>The public key goes along with the request for a machine and needs no account.</summary>
    SshKeyInRequest = 1 << 6,

    /// <summary>The public key must be registered with the account first: <see cref="ISshKeyStore"/>.</summary>
    AccountSshKeys = 1 << 7,

    /// <summary>The machine's log can be read: <see cref="IRigLogs"/>.</summary>
    Logs = 1 << 8,

    /// <summary>What machines have cost can be asked: <see cref="IBillingHistory"/>.</summary>
    BillingHistory = 1 << 9,

    /// <summary>The machine is a container, whose image is chosen.</summary>
    ContainerImage = 1 << 10,

    /// <summary>The machine is a virtual machine or a whole server.</summary>
    VirtualMachine = 1 << 11,

    /// <summary>The machine itself has a key that is good for nothing but itself, so that it can end itself with it.</summary>
    MachineKey = 1 << 12,

    /// <summary>A place can be chosen.</summary>
    Regions = 1 << 13,
}
