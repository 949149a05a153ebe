using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.State;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Core.Tests.Renting;

/// <summary>The journal keeps what is rented, whatever happens to its writers.</summary>
public sealed class RigJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly LlmOpsHome _home;
    private readonly RigJournal _journal;

    public RigJournalTests()
    {
        _home = new LlmOpsHome(_folder["home"]);
        _journal = new RigJournal(_home, _time);
    }

    private static RentalTerms Terms => new()
    {
        RigName = "big",
        MachineName = "llmops-00000000-0000000a",
        Provider = "RunPod",
        Product = "NVIDIA A40",
        Gpu = "NVIDIA A40",
        GpuCount = 2,
        PricePerHour = 0.90m,
        Limits = new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 20),
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rental_is_what_its_lines_say()
    {
        _journal.Append("0000000a", RentalEvent.Intended, entry => entry with { Terms = Terms });
        Assert.Equal(RentalState.Intended, _journal.Find("0000000a")!.State);
        _journal.Append("0000000a", RentalEvent.Created, entry => entry with { MachineId = "pod1" });
        _time.Advance(TimeSpan.FromMinutes(90));
        _journal.Append("0000000a", RentalEvent.Ready);

        var rental = Assert.Single(_journal.Read());
        Assert.Equal((RentalState.Ready, "pod1", Environment.ProcessId), (rental.State, rental.MachineId, rental.Process!.Id));
        Assert.Equal(1.35m, rental.Cost(_time.GetUtcNow()));
        Assert.True(rental.Process.MayLive());
        Assert.False((rental.Process with { Began = rental.Process.Began.AddHours(-1) }).MayLive());
    }

    [Fact]
    public void What_is_stopped_costs_nothing_and_what_is_gone_stays_gone()
    {
        _journal.Append("0000000a", RentalEvent.Intended, entry => entry with { Terms = Terms });
        _journal.Append("0000000a", RentalEvent.Created, entry => entry with { MachineId = "pod1" });
        _time.Advance(TimeSpan.FromHours(1));
        _journal.Append("0000000a", RentalEvent.Stopped);
        _time.Advance(TimeSpan.FromHours(10));
        _journal.Append("0000000a", RentalEvent.Started);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(2), _journal.Find("0000000a")!.RunningTime(_time.GetUtcNow()));

        _journal.Append("0000000a", RentalEvent.Terminating);
        _journal.Append("0000000a", RentalEvent.Ready); // somebody writes late
        Assert.Equal(RentalState.Terminating, _journal.Find("0000000a")!.State);
        _journal.Append("0000000a", RentalEvent.Gone);
        _journal.Append("0000000a", RentalEvent.Created, entry => entry with { MachineId = "pod2" });
        Assert.Equal(RentalState.Gone, _journal.Find("0000000a")!.State);
    }

    [Fact]
    public void A_line_cut_off_at_any_byte_loses_itself_alone()
    {
        _journal.Append("0000000a", RentalEvent.Intended, entry => entry with { Terms = Terms });
        var whole = File.ReadAllBytes(_home.Journal);
        for (var cut = 0; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(_home.Journal, [.. whole, .. whole[..cut]]);
            _journal.Append("0000000a", RentalEvent.Created, entry => entry with { MachineId = $"pod{cut}" });
            Assert.Equal($"pod{cut}", Assert.Single(_journal.Read()).MachineId);
        }
    }

    [Fact]
    public void Any_bytes_can_be_read_past()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            if (round > 0) File.Delete(_home.Journal);
            _journal.Append("0000000a", RentalEvent.Intended, entry => entry with { Terms = Terms });
            var bytes = File.ReadAllBytes(_home.Journal);
            for (var change = 0; change < random.Next(1, 6); change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_home.Journal, bytes);
            _ = _journal.Read();
            _journal.Append("0000000b", RentalEvent.Intended, entry => entry with { Terms = Terms });
            Assert.NotNull(_journal.Find("0000000b"));
        }
    }

    [Fact]
    public void Many_writers_lose_no_line()
    {
        Parallel.For(0, 8, writer =>
        {
            for (var line = 0; line < 25; line++) new RigJournal(_home, _time).Append($"{writer:x4}{line:x4}", RentalEvent.Intended, entry => entry with { Terms = Terms });
        });
        Assert.Equal(200, _journal.Read().Count);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_says_so_before_anything_is_rented()
    {
        Directory.CreateDirectory(_home.Journal);
        Assert.Equal("RentalJournalUnwritable", Assert.Throws<LlmOpsException>(() => _journal.Append("0000000a", RentalEvent.Intended)).ErrorId);
    }

    [Fact]
    public void The_owner_is_made_once_and_kept()
    {
        var owners = Enumerable.Range(0, 16).AsParallel().Select(_ => MachineName.OwnerOf(_home)).Distinct().ToList();
        var name = MachineName.New(Assert.Single(owners));
        Assert.Equal(name, MachineName.Parse(name.ToString()));
        Assert.True(name.ToString().Length <= 26);
        Assert.Null(MachineName.Parse("llmops-xyz-0000000a"));
    }

    [Fact]
    public void Limits_say_what_ends_first()
    {
        var limits = new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 4.5m);
        Assert.Equal(TimeSpan.FromHours(5), limits.LongestAt(0.90m));
        Assert.Equal(4.5m, limits.CeilingAt(0.90m));
        Assert.Equal("stops itself after 8 h, $4.50 or 30 min without use", limits.ToString());
    }
}
