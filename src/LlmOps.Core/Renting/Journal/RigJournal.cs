using System.Text;
using System.Text.Json;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// What this workstation has rented or was about to rent: one JSON object a line, only ever appended to, on the disk before the call returns.
/// Several processes may write at once. A line that was cut off by a crash is passed over, and the next one begins on a line of its own.
/// </summary>
/// <param name="home">Where it is kept.</param>
/// <param name="time">The clock that dates the lines.</param>
/// <param name="process">Who writes; null is this process.</param>
public sealed class RigJournal(LlmOpsHome home, TimeProvider time, JournalProcess? process = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(20);

    /// <summary>Appends a line.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="what">What happened.</param>
    /// <param name="details">What else is known, set on the line; null is nothing.</param>
    /// <exception cref="LlmOpsException"><c>JournalUnwritable</c>; then nothing may be asked of a provider.</exception>
    public void Append(string rental, RentalEvent what, Func<JournalEntry, JournalEntry>? details = null)
    {
        var entry = new JournalEntry { At = time.GetUtcNow(), Rental = rental, Event = what, Process = what == RentalEvent.Intended ? process ?? JournalProcess.Current : null };
        var line = JsonSerializer.SerializeToUtf8Bytes(details?.Invoke(entry) ?? entry, JournalJson.Default.JournalEntry);
        try
        {
            Directory.CreateDirectory(home.Folder);
            using var turn = TakeTurn();
            using var file = new FileStream(home.Journal, Options(FileMode.OpenOrCreate, FileShare.ReadWrite | FileShare.Delete));
            byte[] bytes = [.. EndsWithinLine(file) ? "\n"u8 : [], .. line, (byte)'\n'];
            file.Seek(0, SeekOrigin.End);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw RentalErrors.JournalUnwritable(home.Journal, failure);
        }
    }

    /// <summary>All rentals, oldest first, as the lines together tell them.</summary>
    public IReadOnlyList<Rental> Read()
    {
        var rentals = new Dictionary<string, Rental>(StringComparer.Ordinal);
        foreach (var entry in Entries())
        {
            if (rentals.TryGetValue(entry.Rental, out var known)) rentals[entry.Rental] = known.After(entry);
            else if (Rental.Begin(entry) is { } begun) rentals[entry.Rental] = begun;
        }

        return [.. rentals.Values.OrderBy(rental => rental.IntendedAt)];
    }

    /// <summary>One rental, or null.</summary>
    /// <param name="id">Its eight characters.</param>
    public Rental? Find(string id) => Read().FirstOrDefault(rental => rental.Id == id);

    private IEnumerable<JournalEntry> Entries()
    {
        if (!File.Exists(home.Journal)) yield break;
        using var file = new FileStream(home.Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new StreamReader(file, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
            if (Parse(line) is { } entry) yield return entry;
    }

    private static JournalEntry? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null; // cut off by a crash, or of a later version
        }
    }

    private static bool EndsWithinLine(FileStream file)
    {
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private FileStream TakeTurn()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(home.Journal + ".lock", Options(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(began) < LockLimit)
            {
                Thread.Sleep(2);
            }
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }
}
