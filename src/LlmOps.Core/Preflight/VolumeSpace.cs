using System.Globalization;
using LlmOps.Processes;

namespace LlmOps.Preflight;

/// <summary>The size of a volume and what is free on it, as <c>df -P -k</c> prints it (POSIX).</summary>
/// <param name="Total">Its size, in bytes.</param>
/// <param name="Free">What is free for this user, in bytes.</param>
internal sealed record VolumeSpace(long Total, long Free)
{
    /// <summary>Asks for the volume of a folder that may not exist yet.</summary>
    /// <param name="survey">Asks the program.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<(VolumeSpace? Space, string Evidence)> OfAsync(RigSurvey survey, string folder, CancellationToken cancel)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        var run = await survey.AskAsync("df", ["-P", "-k", existing], cancel).ConfigureAwait(false);
        return (run is { Exit.Code: 0 } ? Parse(run.Output) : null, $"$ df -P -k {existing}\n{run?.Output}{run?.Error}");
    }

    /// <summary>Reads the second line: file system, 1024-blocks, used, available.</summary>
    public static VolumeSpace? Parse(string text)
    {
        // A name of a file system with spaces moves the columns: the capacity's % tells where they are.
        var fields = text.Split('\n').Skip(1).FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var capacity = Array.FindIndex(fields, field => field.EndsWith('%'));
        return capacity >= 3 && Kibi(fields[capacity - 3]) is { } total && Kibi(fields[capacity - 1]) is { } free ? new VolumeSpace(total, free) : null;
    }

    private static long? Kibi(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var blocks) && blocks < long.MaxValue / 1024 ? blocks * 1024 : null;
}
