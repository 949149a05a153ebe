using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Scenarios;

/// <summary>Reads the command lines of all processes of this machine again and again, and keeps every one that it has ever seen.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private readonly ConcurrentDictionary<(int Id, string CommandLine), int> _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public ProcessWatch()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = nameof(ProcessWatch), Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>How often all processes were looked at.</summary>
    public int Rounds { get; private set; }

    /// <summary>The command lines, arguments separated by blanks.</summary>
    public IReadOnlyCollection<string> CommandLines => [.. _seen.Keys.Select(seen => seen.CommandLine)];

    /// <summary>The processes that ever had all those words in their command lines. A process that was just being started, and still looked like its parent, is its parent.</summary>
    public int Count(params string[] words)
    {
        var found = _seen.Where(seen => words.All(word => seen.Key.CommandLine.Contains(word, StringComparison.Ordinal))).ToList();
        var ids = found.Select(seen => seen.Key.Id).ToHashSet();
        return found.Where(seen => !ids.Contains(seen.Value)).DistinctBy(seen => seen.Key.Id).Count();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) Look(id, folder);
            Rounds++;
            _stop.Token.WaitHandle.WaitOne(10);
        }
    }

    private void Look(int id, string folder)
    {
        try
        {
            var line = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Join(folder, "cmdline"))).Replace('\0', ' ');
            if (line.Length == 0 || _seen.ContainsKey((id, line))) return;
            if (ProcessIdentity.Of(id) is { } process) _seen[(id, line)] = process.Parent;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
        }
    }
}
