using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Hub.Tests;

/// <summary>How many connections are used, against models of a network whose rate depends on their number.</summary>
public sealed class ConnectionControlTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new();
    private double _work;

    [Fact]
    public void A_limit_for_each_connection_is_met_by_many_soon()
    {
        var control = new ConnectionControl(4, 64, _time);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(3));
        Assert.Equal(64, control.Target);
    }

    [Fact]
    public void A_line_that_a_few_fill_gets_no_more()
    {
        var control = new ConnectionControl(4, 64, _time);
        Run(control, _ => 1e9, TimeSpan.FromSeconds(60));
        Assert.InRange(control.Target, 4, 8);
    }

    [Fact]
    public void It_stops_growing_where_more_bring_no_more()
    {
        var control = new ConnectionControl(4, 64, _time);
        Run(control, connections => Math.Min(connections, 16) * 40e6, TimeSpan.FromSeconds(6));
        Assert.InRange(control.Target, 16, 32);
    }

    [Fact]
    public void A_refusal_halves_them_and_they_do_not_grow_at_once()
    {
        var control = new ConnectionControl(4, 64, _time);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(3));
        control.Observe((long)_work, isBusy: true, isRefused: true, processors: 0);
        Assert.Equal(32, control.Target);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(3));
        Assert.Equal(32, control.Target);
    }

    [Fact]
    public void A_busy_machine_gets_no_more_and_keeps_what_it_has()
    {
        var control = new ConnectionControl(4, 64, _time);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(1), processors: 0.5);
        var before = control.Target;
        Assert.InRange(before, 8, 32);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(30), processors: 0.7);
        Assert.Equal(before, control.Target);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(3), processors: 0.5);
        Assert.Equal(64, control.Target);
    }

    [Fact]
    public void The_most_is_never_exceeded()
    {
        var control = new ConnectionControl(4, 3, _time);
        Run(control, connections => connections * 40e6, TimeSpan.FromSeconds(30));
        Assert.Equal(3, control.Target);
    }

    private void Run(ConnectionControl control, Func<int, double> rate, TimeSpan time, double processors = 0)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Interval)
        {
            _time.Advance(Interval);
            _work += rate(control.Target) * Interval.TotalSeconds;
            control.Observe((long)_work, isBusy: true, isRefused: false, processors);
        }
    }
}
