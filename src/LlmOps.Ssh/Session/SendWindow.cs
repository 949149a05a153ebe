namespace LlmOps.Ssh.Session;

/// <summary>How many bytes the peer of a channel will still take (RFC 4254 §5.2).</summary>
internal sealed class SendWindow
{
    private readonly Lock _gate = new();
    private long _left;
    private Exception? _failure;
    private TaskCompletionSource? _waiting;

    /// <summary>Allows more bytes to be sent.</summary>
    public void Add(uint bytes)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _left += bytes;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Ends every present and later wait with a failure.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _failure ??= failure;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Waits until at least one byte may be sent and takes up to <paramref name="wanted"/> of them.</summary>
    public async ValueTask<int> TakeAsync(int wanted, CancellationToken cancel)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_failure is not null) throw new IOException(_failure.Message, _failure);
                if (_left > 0)
                {
                    var taken = (int)Math.Min(wanted, _left);
                    _left -= taken;
                    return taken;
                }

                wait = (_waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await wait.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}
