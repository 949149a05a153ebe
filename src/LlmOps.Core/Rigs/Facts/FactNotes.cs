namespace LlmOps.Rigs.Facts;

/// <summary>Reads facts, and keeps the reasons why some cannot be read.</summary>
internal sealed class FactNotes
{
    private readonly List<string> _notes = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_notes) return [.. _notes];
        }
    }

    public void Add(string note)
    {
        lock (_notes) _notes.Add(note);
    }

    /// <summary>The fact, or null with a note.</summary>
    /// <param name="name">What is read, as the note says it.</param>
    /// <param name="read">Reads it; null is "not there".</param>
    public string? Text(string name, Func<string?> read) => Guard(name, read);

    /// <inheritdoc cref="Text"/>
    public T? Value<T>(string name, Func<T?> read)
        where T : struct => Guard(name, () => (object?)read()) is T value ? value : null;

    private T? Guard<T>(string name, Func<T?> read)
        where T : class
    {
        string reason;
        try
        {
            if (read() is { } fact) return fact;
            reason = "the system does not say";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or LlmOpsException or EntryPointNotFoundException or DllNotFoundException or ArgumentException)
        {
            reason = unreadable.Message;
        }

        Add($"{name} is not known: {reason.TrimEnd('.')}.");
        return null;
    }
}
