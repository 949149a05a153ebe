namespace LlmOps.Testing.Clouds;

/// <summary>An account at a fake cloud: its machines, volumes and keys, and how the cloud treats them.</summary>
internal sealed class CloudAccount
{
    private readonly Lock _lock = new();
    private int _next;

    /// <summary>All machines that there ever were, also those that are gone.</summary>
    public List<CloudMachine> Machines { get; } = [];

    public List<(string Id, string Name, string Region, string Cloud, int Size)> Volumes { get; } = [];

    public List<(string Id, string Name, string PublicKey)> Keys { get; } = [];

    /// <summary>The machines that are there and bill.</summary>
    public IReadOnlyList<CloudMachine> Alive
    {
        get
        {
            lock (_lock) return [.. Machines.Where(machine => !machine.IsGone)];
        }
    }

    /// <summary>How many lists leave a new machine out.</summary>
    public int ListingLag { get; set; }

    /// <summary>How many looks find a new machine starting.</summary>
    public int BootLooks { get; set; } = 2;

    /// <summary>How many looks find a machine ending.</summary>
    public int EndLooks { get; set; } = 1;

    /// <summary>How often the end of a machine is refused for now.</summary>
    public int EndRefusals { get; set; }

    /// <summary>Products that nothing is free of.</summary>
    public HashSet<string> SoldOut { get; } = [];

    /// <summary>True while the account can't pay.</summary>
    public bool PaymentDue { get; set; }

    /// <summary>True while the account's limit is reached.</summary>
    public bool QuotaReached { get; set; }

    /// <summary>Where the SSH server of new machines is.</summary>
    public (string Host, int Port) Ssh { get; set; } = ("127.0.0.1", 1);

    public string NextId() => Interlocked.Increment(ref _next).ToString("x8", System.Globalization.CultureInfo.InvariantCulture) + "-0000-4000-8000-000000000000";

    public CloudMachine Add(CloudMachine machine)
    {
        machine.Hidden = ListingLag;
        machine.Boots = BootLooks;
        machine.Ssh = Ssh;
        lock (_lock) Machines.Add(machine);
        return machine;
    }

    /// <summary>A machine as a look at it finds it; null if it is gone or never was.</summary>
    public CloudMachine? Look(string id)
    {
        lock (_lock)
        {
            if (Machines.FirstOrDefault(machine => machine.Id == id) is not { IsGone: false } found) return null;
            return Look(found) ? found : null;
        }
    }

    /// <summary>The machines that a list shows.</summary>
    public IReadOnlyList<CloudMachine> List()
    {
        lock (_lock) return [.. Machines.Where(machine => !machine.IsGone && machine.Hidden-- <= 0 && Look(machine))];
    }

    /// <summary>Begins the end of a machine; false if there is none.</summary>
    public bool End(string id, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Machines.FirstOrDefault(machine => machine.Id == id) is not { IsGone: false } found) return false;
            if (!found.IsEnding) (found.IsEnding, found.Ends, found.EndedAt) = (true, EndLooks, now);
            return true;
        }
    }

    private static bool Look(CloudMachine machine)
    {
        if (machine.IsEnding) return machine.Ends-- > 0;
        machine.Boots--;
        return true;
    }
}
