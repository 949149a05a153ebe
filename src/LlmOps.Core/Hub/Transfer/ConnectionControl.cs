namespace LlmOps.Hub;

/// <summary>
/// Decides how many connections fetch at once: doubles them while that brings clearly more, takes the last step back when it does not,
/// tries again later, and halves them when the other side has had too much. Where this machine's processors are the limit, it adds none.
/// </summary>
internal sealed class ConnectionControl(int first, int most, TimeProvider time)
{
    /// <summary>The part of the possible gain that more connections must bring to stay.</summary>
    private const double WorthwhileGain = 0.3;

    /// <summary>In how many looks running the gain must be missed: one alone may have seen a pause.</summary>
    private const int Looks = 2;

    /// <summary>
    /// The part of the processors from which on there are no more connections. Each further one costs more for every byte (a packet wakes a thread instead of finding one at work, and the ranges
    /// lie further apart for the hash), and what is left is the kernel's, for the network.
    /// </summary>
    private const double BusyProcessors = 0.6;

    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefusedHold = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(1);

    private int _target = Math.Clamp(first, 1, most);
    private int _before;
    private double _rateBefore;
    private bool _settling = true;
    private int _missed;
    private TimeSpan _hold = FirstHold;
    private long _heldSince;
    private bool _isHolding;
    private long _lastWork;
    private long _lastLook = time.GetTimestamp();

    public int Target => Volatile.Read(ref _target);

    /// <summary>Looks at what was done since the last look.</summary>
    /// <param name="work">All the work done so far, in bytes.</param>
    /// <param name="isBusy">False if connections had nothing to do, so that the rate says nothing about them.</param>
    /// <param name="isRefused">True if the other side asked for fewer requests, or many connections failed.</param>
    /// <param name="processors">What part of the machine's processors this process took since the last look, 0 to 1.</param>
    public void Observe(long work, bool isBusy, bool isRefused, double processors)
    {
        var now = time.GetTimestamp();
        var rate = (work - _lastWork) / Math.Max(time.GetElapsedTime(_lastLook, now).TotalSeconds, 1e-3);
        (_lastWork, _lastLook) = (work, now);
        if (isRefused)
        {
            Move(Math.Max(1, _target / 2));
            if (_hold < RefusedHold) _hold = RefusedHold;
            Hold(now);
        }
        else if (!isBusy || rate <= 0)
        {
            _settling = true;
        }
        else if (_settling)
        {
            // The first look after a change still sees the time before it.
            _settling = false;
        }
        else if (_isHolding)
        {
            if (time.GetElapsedTime(_heldSince, now) < _hold) return;
            _isHolding = false;
            _hold = TimeSpan.FromTicks(Math.Min(_hold.Ticks * 2, LongestHold.Ticks));
            Grow(rate, processors);
        }
        else if (_before == 0 || rate / _rateBefore >= 1 + ((double)_target / _before - 1) * WorthwhileGain)
        {
            if (_before != 0) _hold = FirstHold;
            Grow(rate, processors);
        }
        else if (++_missed == Looks)
        {
            Move(_before);
            Hold(now);
        }
    }

    private void Grow(double rate, double processors)
    {
        if (_target == most || processors >= BusyProcessors)
        {
            _before = 0;
            return;
        }

        (_before, _rateBefore) = (_target, rate);
        Move(Math.Min(most, _target * 2));
    }

    private void Move(int target)
    {
        Volatile.Write(ref _target, target);
        _settling = true;
        _missed = 0;
    }

    private void Hold(long now)
    {
        _before = 0;
        _isHolding = true;
        _heldSince = now;
    }
}
