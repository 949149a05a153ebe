using System.Security.Cryptography;

namespace LlmOps.Hub.Tests;

/// <summary>What a partial file knows of itself after its process, or the whole system, has died.</summary>
public sealed class PartialFileTests : IDisposable
{
    private const int Size = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-partial-").FullName;
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Size);

    private HubFile File => new("model.bin", Size, new string('a', 40), Convert.ToHexStringLower(SHA256.HashData(_content)));

    private string DataPath => Path.Join(_folder, File.ETag + ".llmops.incomplete");

    private string StatePath => Path.Join(_folder, File.ETag + ".llmops-state.incomplete");

    [Fact]
    public void What_was_saved_counts_after_the_death_of_the_process()
    {
        using (var copy = new Copy(this))
        {
            using var partial = Open();
            partial.Write(0, _content.AsSpan(0, 300_000));
            partial.Write(500_000, _content.AsSpan(500_000, 100_000));
            partial.Save();
            copy.Take();
        }

        using var again = Open();
        Assert.Equal([(300_000, 500_000), (600_000, Size)], again.Missing);
    }

    [Fact]
    public void After_another_boot_only_what_had_reached_the_disk_counts()
    {
        using (var journal = new PartialFileJournal(StatePath, File.ETag, Size)) journal.SaveDurable([(0, 200_000)], journal.Number());
        System.IO.File.WriteAllBytes(DataPath, _content);
        var slot = new PartialFileState(9, Guid.NewGuid(), File.ETag, Size, [(0, 900_000)]).Encode();
        using (var state = System.IO.File.OpenHandle(StatePath, FileMode.Open, FileAccess.Write)) RandomAccess.Write(state, slot, 2 * PartialFileState.SlotSize);
        using var partial = Open();
        Assert.Equal(200_000, partial.Received);
    }

    [Fact]
    public void A_torn_save_leaves_the_one_before()
    {
        using (var journal = new PartialFileJournal(StatePath, File.ETag, Size))
        {
            journal.SaveDurable([(0, 100_000)], journal.Number());
            journal.SaveDurable([(0, 200_000)], journal.Number());
        }

        System.IO.File.WriteAllBytes(DataPath, _content);
        var bytes = System.IO.File.ReadAllBytes(StatePath);
        bytes[PartialFileState.SlotSize + 80] ^= 1;
        System.IO.File.WriteAllBytes(StatePath, bytes);
        using (var partial = Open()) Assert.Equal(100_000, partial.Received);
        using var next = new PartialFileJournal(StatePath, File.ETag, Size);
        next.Open();
        next.SaveDurable([(0, 300_000)], next.Number());
        Assert.Equal([(0, 300_000)], PartialFileJournal.Read(StatePath, File.ETag, Size));
    }

    [Fact]
    public void A_state_that_took_long_to_reach_the_disk_does_not_hide_a_newer_one()
    {
        using var journal = new PartialFileJournal(StatePath, File.ETag, Size);
        var number = journal.Number();
        journal.SaveLive([(0, 300_000)]);
        journal.SaveDurable([(0, 100_000)], number);
        Assert.Equal([(0, PartialFileJournal.KeepsLive ? 300_000 : 100_000)], PartialFileJournal.Read(StatePath, File.ETag, Size));
    }

    [Fact]
    public void What_is_deleted_is_not_saved_any_more()
    {
        using var journal = new PartialFileJournal(StatePath, File.ETag, Size);
        journal.SaveDurable([(0, 100_000)], journal.Number());
        journal.Delete();
        journal.SaveDurable([(0, 200_000)], journal.Number());
        journal.SaveLive([(0, 200_000)]);
        Assert.False(System.IO.File.Exists(StatePath));
    }

    [Fact]
    public void A_state_that_claims_more_than_there_is_is_cut()
    {
        using (var journal = new PartialFileJournal(StatePath, File.ETag, Size)) journal.SaveDurable([(0, 100_000), (400_000, 800_000)], journal.Number());
        System.IO.File.WriteAllBytes(DataPath, _content[..500_000]);
        using var partial = Open();
        Assert.Equal([(100_000, 400_000), (500_000, Size)], partial.Missing);
    }

    [Theory]
    [InlineData(".incomplete")]
    [InlineData(".0123abcd.incomplete")]
    public void What_an_interrupted_hf_has_left_is_gone_on_with(string ending)
    {
        System.IO.File.WriteAllBytes(Path.Join(_folder, File.ETag + ending), _content[..600_000]);
        System.IO.File.WriteAllBytes(Path.Join(_folder, File.ETag + ".fedcba98.incomplete"), _content[..100]);
        Assert.Equal(600_000, PartialFile.Arrived(File, DataPath, StatePath));
        using (var partial = Open()) Assert.Equal([(600_000, Size)], partial.Missing);
        using var again = Open();
        Assert.Equal([(600_000, Size)], again.Missing);
    }

    [Fact]
    public void What_is_too_long_or_named_otherwise_is_left_alone()
    {
        System.IO.File.WriteAllBytes(Path.Join(_folder, File.ETag + ".incomplete"), new byte[Size + 1]);
        System.IO.File.WriteAllBytes(Path.Join(_folder, File.ETag + ".other.incomplete"), _content);
        using var partial = Open();
        Assert.Equal(0, partial.Received);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PartialFile Open() => PartialFile.Open(File, DataPath, StatePath);

    /// <summary>The files as they were at one moment, put back when all is closed: what a killed process leaves.</summary>
    private sealed class Copy(PartialFileTests tests) : IDisposable
    {
        private byte[] _data = [];
        private byte[] _state = [];

        public void Take() => (_data, _state) = (Read(tests.DataPath), Read(tests.StatePath));

        public void Dispose()
        {
            System.IO.File.WriteAllBytes(tests.DataPath, _data);
            System.IO.File.WriteAllBytes(tests.StatePath, _state);
        }

        private static byte[] Read(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }
}
