namespace LlmOps.Simulator.Hub;

/// <summary>One line out of the hub: all transfers together get so many bytes a second.</summary>
internal sealed class Throttle
{
    private readonly Lock _gate = new();
    private DateTime _free = DateTime.UtcNow;

    public async Task PassAsync(int bytes, double rate, CancellationToken cancel)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = DateTime.UtcNow;
            if (_free < now) _free = now;
            _free += TimeSpan.FromSeconds(bytes / rate);
            wait = _free - now;
        }

        if (wait > TimeSpan.FromMilliseconds(5)) await Task.Delay(wait, cancel).ConfigureAwait(false);
    }
}
