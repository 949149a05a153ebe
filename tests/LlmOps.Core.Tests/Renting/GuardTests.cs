using LlmOps.Renting;

namespace LlmOps.Core.Tests.Renting;

/// <summary>The guard ends a machine on time, never while it is used, and does not give up.</summary>
public sealed class GuardTests : IDisposable, IRigUseSensor, IMachineEnding
{
    private readonly TemporaryFolder _folder = new();
    private readonly VirtualTime _time = new();
    private readonly GuardFolder _guard;
    private Func<TimeSpan, string?> _use = _ => null;
    private Func<TimeSpan, bool> _answers = _ => true;
    private Exception? _broken;
    private TimeSpan? _endedAt;
    private int _asked;
    private bool _drained;

    public GuardTests()
    {
        _guard = new GuardFolder(_folder["guard"]);
        Directory.CreateDirectory(_guard.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Age_ends_it_on_time()
    {
        _use = _ => "a request";
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(4), TimeSpan.FromMinutes(30), null)), TimeSpan.FromMinutes(239), TimeSpan.FromHours(4));
        Assert.True(_drained);
    }

    [Fact]
    public void Budget_ends_it_before_it_is_spent()
    {
        _use = _ => "a request";
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 0.90m)), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    [Fact]
    public void Idleness_ends_it_and_counts_from_the_last_use()
    {
        _use = now => now < TimeSpan.FromMinutes(45) ? "a request" : null;
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 20)), TimeSpan.FromMinutes(74.7), TimeSpan.FromMinutes(75.1));
    }

    [Fact]
    public void A_machine_that_is_used_now_and_then_is_not_idle()
    {
        _use = now => now.TotalMinutes % 29 < 0.5 ? "a request" : null;
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), null)), TimeSpan.FromMinutes(479), TimeSpan.FromHours(8));
    }

    [Fact]
    public void It_keeps_asking_while_the_provider_is_down()
    {
        _answers = now => now is { TotalMinutes: < 60 or > 70 };
        var ended = Ended(new RentalLimits(TimeSpan.FromMinutes(61), null, null));
        Assert.InRange(ended, TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(71.1));
        Assert.InRange(_asked, 8, 20);
    }

    [Fact]
    public void Nothing_that_goes_wrong_keeps_it_from_asking_again()
    {
        _broken = new InvalidOperationException("broken");
        _answers = _ => _asked > 3;
        _use = _ =>
        {
            File.WriteAllText(Path.Join(_guard.Path, "spec.json"), "{"); // as a bad disk gives it
            return null;
        };
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(1), null, null)), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60.5));
        Assert.Equal(4, _asked);
    }

    [Fact]
    public void It_can_be_extended_also_while_it_asks()
    {
        _answers = now => now > TimeSpan.FromMinutes(90);
        var longer = false;
        _use = now =>
        {
            if (now > TimeSpan.FromMinutes(65) && !longer)
            {
                longer = true;
                _guard.WriteSpec(_guard.ReadSpec()! with { Held = new GuardLimits(new RentalLimits(TimeSpan.FromHours(3), null, null), 0.90m) });
            }

            return null;
        };
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(1), null, null)), TimeSpan.FromMinutes(179), TimeSpan.FromHours(3));
    }

    [Fact]
    public void A_clock_that_is_set_anew_changes_nothing()
    {
        _use = now =>
        {
            _time.Skew = now > TimeSpan.FromMinutes(20) ? TimeSpan.FromDays(400) : TimeSpan.FromDays(-400);
            return "a request";
        };
        Assert.InRange(Ended(new RentalLimits(TimeSpan.FromHours(1), null, null)), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_guard_that_is_started_again_goes_on_counting()
    {
        using var killed = new CancellationTokenSource();
        _use = now =>
        {
            if (now > TimeSpan.FromMinutes(20)) killed.Cancel();
            return "a request";
        };
        WriteSpec(new RentalLimits(TimeSpan.FromHours(1), null, null));
        _time.Run(async () => await Guard().RunAsync(killed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        _time.Run(() => Task.Delay(TimeSpan.FromMinutes(10), _time)); // nobody watches for a while
        _use = _ => "a request";
        _time.Run(() => Guard().RunAsync(CancellationToken.None));
        Assert.InRange(_endedAt!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60.3));
    }

    [Fact]
    public void Twenty_times_as_fast_a_clock_ends_it_twenty_times_as_soon()
    {
        _use = _ => "a request";
        WriteSpec(new RentalLimits(TimeSpan.FromHours(1), null, null), speed: 20);
        _time.Run(() => Guard().RunAsync(CancellationToken.None));
        Assert.InRange(_endedAt!.Value, TimeSpan.FromMinutes(2.9), TimeSpan.FromMinutes(3.05));
    }

    [Fact]
    public async Task Sensors_that_fail_do_not_end_a_machine()
    {
        var sensor = new RigUseSensor(new Broken());
        Assert.Contains("unknown", (await sensor.ReadAsync(CancellationToken.None)).By, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm:num_requests_running{engine=\"0\",model_name=\"a b {c\"} 2.0\nvllm:num_requests_waiting 1.0\nvllm:generation_tokens_total 7", 3, 7)]
    [InlineData("# HELP x\n\nsglang:num_running_reqs{model=\"m\"} 1\nllamacpp:tokens_predicted_total 12 1700000000", 1, 12)]
    [InlineData("vllm:num_requests_running NaN\nvllm:num_requests_running -1\nvllm:other 5\n{} 3\n", 0, 0)]
    public void The_engines_pages_are_read(string page, double requests, double done) => Assert.Equal(new EngineMetrics(requests, done), EngineMetrics.Parse(page));

    [Fact]
    public void Any_page_can_be_read()
    {
        var random = new Random(3);
        const string letters = "vllm:num_requests_running{}=\" \t\n0123456789.eE+-#aä\0";
        for (var round = 0; round < 5000; round++)
        {
            var page = string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => letters[random.Next(letters.Length)]));
            Assert.True(EngineMetrics.Parse(page) is { Requests: >= 0, Done: >= 0 });
        }
    }

    public Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult(new RigUse(_use(_time.Now)));
    }

    Task IMachineEnding.DrainAsync(GuardSpec spec, CancellationToken cancel)
    {
        _drained = true;
        return _broken is null ? Task.CompletedTask : throw _broken;
    }

    public Task<string> EndAsync(GuardSpec spec, CancellationToken cancel)
    {
        _asked++;
        if (!_answers(_time.Now)) throw _broken ?? RentalErrors.NotRented("down");
        _endedAt = _time.Now;
        File.Delete(Path.Join(_guard.Path, "spec.json"));
        return Task.FromResult("accepted");
    }

    private TimeSpan Ended(RentalLimits limits)
    {
        WriteSpec(limits);
        _time.Run(() => Guard().RunAsync(CancellationToken.None));
        return _endedAt!.Value;
    }

    private void WriteSpec(RentalLimits limits, double speed = 1) => _guard.WriteSpec(new GuardSpec
    {
        Provider = "X",
        Address = new Uri("https://x.example"),
        MachineId = "m",
        Held = new GuardLimits(limits, 0.90m),
        RanBefore = TimeSpan.Zero,
        ClockSpeed = speed,
    });

    private RigGuard Guard() => new(_guard, _guard.ReadSpec()!, this, this, _time);

    private sealed class Broken : IRigUseSensor
    {
        public Task<RigUse> ReadAsync(CancellationToken cancel) => throw new InvalidOperationException("broken");
    }
}
