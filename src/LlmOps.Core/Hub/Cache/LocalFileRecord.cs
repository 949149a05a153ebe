using System.Globalization;
using System.Text;
using LlmOps.State;

namespace LlmOps.Hub;

/// <summary>What <c>hf download --local-dir</c> keeps of one file in <c>.metadata</c>: three lines with the commit, the hash, and when it was written.</summary>
internal sealed record LocalFileRecord(string Commit, string ETag, DateTimeOffset At)
{
    /// <summary>The record of a file; null if there is none, or if the file was written to since.</summary>
    public static LocalFileRecord? Read(string path, string file)
    {
        try
        {
            if (!File.Exists(path) || File.ReadAllLines(path) is not [var commit, var etag, var at, ..]) return null;
            if (!double.TryParse(at, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and < 1e11)) return null;
            var record = new LocalFileRecord(commit.Trim(), etag.Trim(), DateTimeOffset.UnixEpoch.AddSeconds(seconds));
            return File.GetLastWriteTimeUtc(file).AddSeconds(-1) <= record.At.UtcDateTime ? record : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces the record.</summary>
    public void Write(string path)
    {
        var seconds = (At - DateTimeOffset.UnixEpoch).TotalSeconds.ToString("0.0######", CultureInfo.InvariantCulture);
        AtomicFile.Write(path, Encoding.ASCII.GetBytes($"{Commit}\n{ETag}\n{seconds}\n"));
    }
}
