using System.Collections.Concurrent;

namespace LlmOps.Ssh.Session;

/// <summary>
/// Goes on with what waited for the server's answers, one after another on one thread of the pool. Many clients that connect at once are then one piece of work and not
/// one each, for which the pool would add threads on trial.
/// </summary>
internal sealed class AnswerQueue : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<(TaskCompletionSource Waiting, Exception? Failure)> _answers = new();
    private int _running;

    /// <summary>Ends a wait soon.</summary>
    /// <param name="waiting">The wait; what follows it must not block.</param>
    /// <param name="failure">What it fails with, or null.</param>
    public void Add(TaskCompletionSource waiting, Exception? failure = null)
    {
        _answers.Enqueue((waiting, failure));
        if (Interlocked.Exchange(ref _running, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        do
        {
            while (_answers.TryDequeue(out var answer))
            {
                if (answer.Failure is { } failure) answer.Waiting.TrySetException(failure);
                else answer.Waiting.TrySetResult();
            }

            Interlocked.Exchange(ref _running, 0);
        }
        while (!_answers.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0);
    }
}
