namespace LlmOps.Core.Tests.Renting;

/// <summary>The life of a process that is killed at one of its steps. Once dead, nothing that belonged to it does anything any more.</summary>
/// <param name="id">The process id.</param>
/// <param name="diesAt">The step; a large number lives on.</param>
internal sealed class Mortality(int id, int diesAt)
{
    private int _steps;

    public int Id => id;

    public bool IsDead { get; private set; }

    /// <summary>True if it died at a step, and did not just end.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Goes a step, or dies there.</summary>
    public void Step()
    {
        if (!IsDead && ++_steps >= diesAt) (IsDead, WasKilled) = (true, true);
        if (IsDead) throw new KilledException();
    }

    /// <summary>Kills it from outside, or ends it.</summary>
    public void Die() => IsDead = true;
}

/// <summary>Ends the code of a process that is dead. Nothing catches it, as nothing catches kill -9.</summary>
internal sealed class KilledException : Exception;

/// <summary>The clock as a mortal process sees it: the journal asks it for every line, so that a dead process writes none.</summary>
internal sealed class MortalTime(VirtualTime time, Mortality life) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp()
    {
        if (life.IsDead) throw new KilledException();
        return time.GetTimestamp();
    }

    public override DateTimeOffset GetUtcNow()
    {
        life.Step();
        return time.GetUtcNow();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
