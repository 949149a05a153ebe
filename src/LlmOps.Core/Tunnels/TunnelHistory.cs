namespace LlmOps.Tunnels;

/// <summary>A tunnel's state and the last things that happened to it.</summary>
/// <param name="time">The clock.</param>
internal sealed class TunnelHistory(TimeProvider time)
{
    private const int Kept = 100;

    private readonly Lock _lock = new();
    private readonly Queue<TunnelEvent> _events = new();
    private TunnelEvent? _last;

    /// <summary>Told about each change of state. What it throws is lost: a listener's mistake must not end a tunnel.</summary>
    public Action<TunnelEvent>? Changed { get; set; }

    /// <summary>The state now.</summary>
    public TunnelState State { get; private set; } = TunnelState.Open;

    /// <summary>The events, oldest first.</summary>
    public IReadOnlyList<TunnelEvent> Events
    {
        get
        {
            lock (_lock) return [.. _events];
        }
    }

    /// <summary>Notes something; the same thing twice in a row is noted once.</summary>
    public void Note(string message) => Add(null, message);

    /// <summary>Changes the state and says why.</summary>
    public void Change(TunnelState state, string message) => Add(state, message);

    private void Add(TunnelState? state, string message)
    {
        TunnelEvent added;
        bool changed;
        lock (_lock)
        {
            if (State == TunnelState.Closed) return;
            changed = state is { } next && next != State;
            if (state is { } set) State = set;
            if (!changed && _last?.Message == message) return;
            added = _last = new TunnelEvent(time.GetUtcNow(), State, message);
            _events.Enqueue(added);
            if (_events.Count > Kept) _events.Dequeue();
        }

        if (!changed) return;
        try
        {
            Changed?.Invoke(added);
        }
        catch (Exception)
        {
            // The listener is the user's code, called on a thread where nobody could catch this.
        }
    }
}
