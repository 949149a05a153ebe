namespace LlmOps.Renting;

/// <summary>One machine from the intent to rent it until it is gone, as the journal tells it.</summary>
public sealed record Rental
{
    /// <summary>Eight characters, which are the last of the machine's name.</summary>
    public required string Id { get; init; }

    /// <summary>What was agreed.</summary>
    public required RentalTerms Terms { get; init; }

    /// <summary>How far it is.</summary>
    public required RentalState State { get; init; }

    /// <summary>When it was about to be asked for.</summary>
    public required DateTimeOffset IntendedAt { get; init; }

    /// <summary>The process that asked for it, or null.</summary>
    public JournalProcess? Process { get; init; }

    /// <summary>The provider's id of the machine, or null while it has none.</summary>
    public string? MachineId { get; init; }

    /// <summary>When the provider had made it, or null.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it became ready, or null.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When it was gone, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The spans in which it ran; the last is open while it runs.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> Running { get; init; } = [];

    /// <summary>What it came to, once it is gone.</summary>
    public RigReceipt? Receipt { get; init; }

    /// <summary>The latest remark.</summary>
    public string? Note { get; init; }

    /// <summary>True until it is gone.</summary>
    public bool IsOpen => State != RentalState.Gone;

    /// <summary>How long it has run, by its own clock.</summary>
    /// <param name="now">The moment.</param>
    public TimeSpan RunningTime(DateTimeOffset now) =>
        Running.Aggregate(TimeSpan.Zero, (sum, span) => sum + Positive((span.To ?? now) - span.From)) * Terms.ClockSpeed;

    /// <summary>What it has cost by the price that was agreed, in US dollars.</summary>
    /// <param name="now">The moment.</param>
    public decimal Cost(DateTimeOffset now) => Terms.PricePerHour * (decimal)RunningTime(now).TotalHours;

    /// <summary>The rental that an entry begins; null if it begins none.</summary>
    /// <param name="entry">The entry.</param>
    internal static Rental? Begin(JournalEntry entry) => entry is { Event: RentalEvent.Intended, Terms: { } terms }
        ? new Rental { Id = entry.Rental, Terms = terms, State = RentalState.Intended, IntendedAt = entry.At, Process = entry.Process, Note = entry.Note }
        : null;

    /// <summary>The rental after a further entry. What is gone stays gone, and what is to end does not become ready again, whoever writes late.</summary>
    /// <param name="entry">The entry.</param>
    internal Rental After(JournalEntry entry)
    {
        if (State == RentalState.Gone) return this;
        var next = this with { Terms = entry.Terms ?? Terms, MachineId = entry.MachineId ?? MachineId, Note = entry.Note ?? Note };
        return entry.Event switch
        {
            RentalEvent.Created => next with { State = Unless(RentalState.Created), CreatedAt = CreatedAt ?? entry.At, Running = Running.Count == 0 ? [(entry.At, null)] : Running },
            RentalEvent.Ready => next with { State = Unless(RentalState.Ready), ReadyAt = ReadyAt ?? entry.At },
            RentalEvent.Stopped => next with { State = Unless(RentalState.Stopped), Running = Closed(entry.At) },
            RentalEvent.Started => next with { State = Unless(RentalState.Created), Running = IsRunning ? Running : [.. Running, (entry.At, null)] },
            RentalEvent.Terminating => next with { State = RentalState.Terminating },
            RentalEvent.Gone => next with { State = RentalState.Gone, EndedAt = entry.At, Running = Closed(entry.At), Receipt = entry.Receipt },
            _ => next,
        };
    }

    private bool IsRunning => Running.Count > 0 && Running[^1].To is null;

    private RentalState Unless(RentalState state) => State == RentalState.Terminating ? State : state;

    private IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> Closed(DateTimeOffset at) =>
        IsRunning ? [.. Running.SkipLast(1), (Running[^1].From, at)] : Running;

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
