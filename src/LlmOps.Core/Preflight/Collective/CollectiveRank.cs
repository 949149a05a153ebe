using System.Collections.Concurrent;
using System.Text;
using LlmOps.Processes;

namespace LlmOps.Preflight.Collective;

/// <summary>One process of the all-reduce, on one GPU.</summary>
internal sealed class CollectiveRank
{
    private const int MostOutput = 16 * 1024;

    private readonly RunningProcess _process;
    private readonly ConcurrentQueue<CollectiveStep> _steps = new();
    private readonly StringBuilder _said = new();
    private readonly Task _read;

    private CollectiveRank(RunningProcess process, int rank)
    {
        _process = process;
        Rank = rank;
        _read = Task.WhenAll(Task.Run(() => Read(process.StandardOutput!)), Task.Run(() => Read(process.StandardError!)));
        Ended = EndAsync();
    }

    /// <summary>Its number, which is its GPU's too.</summary>
    public int Rank { get; }

    /// <summary>The id of its process, which is also its group's.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes when it has ended and all it wrote was read.</summary>
    public Task<ProcessExit> Ended { get; }

    public IReadOnlyList<CollectiveStep> Steps => [.. _steps];

    /// <summary>The last step that it has told, or null.</summary>
    public CollectiveStep? Last => _steps.LastOrDefault();

    /// <summary>What it wrote, of both streams.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="start">How.</param>
    /// <param name="rank">Its number.</param>
    public static CollectiveRank Start(ProcessStart start, int rank) => new(RunningProcess.Start(start), rank);

    private async Task<ProcessExit> EndAsync()
    {
        await using var pipes = _process.ConfigureAwait(false);
        var exit = await _process.Exited.ConfigureAwait(false);
        await _read.ConfigureAwait(false);
        return exit;
    }

    private void Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (CollectiveStep.Parse(line) is { } step) _steps.Enqueue(step);
            lock (_said) if (_said.Length < MostOutput) _said.Append(line).Append('\n');
        }
    }
}
