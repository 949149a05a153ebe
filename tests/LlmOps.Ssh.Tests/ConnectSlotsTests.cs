using LlmOps.Ssh.Connect;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Ssh.Tests;

public class ConnectSlotsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Only_some_connect_at_once_and_the_next_follows_when_one_is_in()
    {
        var slots = new ConnectSlots(_time);
        var taken = await FillAsync(slots);
        var next = slots.TakeAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        taken[3].Dispose();
        (await next.WaitAsync(Connecting.Limit)).Dispose();
    }

    [Fact]
    public async Task Hosts_that_do_not_answer_keep_no_other_waiting_and_a_slot_is_given_back_once()
    {
        var slots = new ConnectSlots(_time);
        var silent = await FillAsync(slots);
        _time.Advance(TimeSpan.FromMilliseconds(150));
        foreach (var slot in silent) slot.Dispose();
        var others = await FillAsync(slots);
        Assert.Equal(silent.Count, others.Count);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var slots = new ConnectSlots(_time);
        await FillAsync(slots);
        using var cancel = new CancellationTokenSource();
        var next = slots.TakeAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private static async Task<List<IDisposable>> FillAsync(ConnectSlots slots)
    {
        var taken = new List<IDisposable>();
        while (true)
        {
            using var cancel = new CancellationTokenSource();
            var next = slots.TakeAsync(cancel.Token);
            if (!next.IsCompleted)
            {
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                return taken;
            }

            taken.Add(await next);
        }
    }
}
