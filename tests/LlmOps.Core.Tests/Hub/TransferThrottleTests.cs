using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Hub.Tests;

public sealed class TransferThrottleTests
{
    [Fact]
    public async Task All_connections_share_one_rate_and_the_past_is_not_made_up_for()
    {
        var time = new FakeTimeProvider();
        var throttle = new TransferThrottle(1_000_000, time);
        time.Advance(TimeSpan.FromHours(1));
        var first = throttle.PayAsync(500_000, default).AsTask();
        var second = throttle.PayAsync(500_000, default).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(500));
        await first.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(500));
        await second.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Reads_are_small_where_the_rate_is()
    {
        var time = new FakeTimeProvider();
        Assert.Equal(256 * 1024, new TransferThrottle(null, time).ReadSize(256 * 1024));
        Assert.Equal(5_000, new TransferThrottle(100_000, time).ReadSize(256 * 1024));
        Assert.Equal(3, new TransferThrottle(100_000, time).ReadSize(3));
    }
}
