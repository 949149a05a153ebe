namespace LlmOps.Core.Tests.Renting;

/// <summary>A cloud in memory: what exists in truth, and from when on it shows.</summary>
/// <param name="time">Its clock.</param>
/// <param name="random">What makes it misbehave.</param>
internal sealed class ChaosCloud(VirtualTime time, Random random)
{
    public static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(60);

    private readonly List<ChaosMachine> _all = [];

    public IReadOnlyList<ChaosMachine> All => _all;

    public IReadOnlyList<ChaosMachine> Living => [.. _all.Where(machine => machine.Lives(time.Now))];

    public ChaosMachine Make(string name, int request)
    {
        var machine = new ChaosMachine
        {
            Id = $"m{_all.Count + 1}",
            Name = name,
            Request = request,
            MadeAt = time.Now,
            ShowsAt = time.Now + LongestLag * (random.NextDouble() * 0.95),
            BootsAt = random.Next(20) == 0 ? TimeSpan.MaxValue : time.Now + TimeSpan.FromSeconds(random.Next(5, 300)),
            Refusals = random.Next(4) == 0 ? random.Next(1, 4) : 0,
            Lies = random.Next(5) == 0 ? random.Next(1, 3) : 0,
            EndsSlowly = TimeSpan.FromSeconds(random.Next(0, 40)),
        };
        _all.Add(machine);
        return machine;
    }
}

/// <summary>A machine of the cloud in memory.</summary>
internal sealed class ChaosMachine
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Which request made it.</summary>
    public required int Request { get; init; }

    public required TimeSpan MadeAt { get; init; }

    public required TimeSpan ShowsAt { get; init; }

    public required TimeSpan BootsAt { get; init; }

    /// <summary>How often its end is refused for now.</summary>
    public required int Refusals { get; set; }

    /// <summary>How often its end is accepted and then forgotten.</summary>
    public required int Lies { get; set; }

    public required TimeSpan EndsSlowly { get; init; }

    public TimeSpan? GoneAt { get; set; }

    public bool Lives(TimeSpan now) => GoneAt is null || now < GoneAt;
}
