using System.Net;
using System.Text;
using System.Text.Json;

namespace LlmOps.Hub.Tests;

/// <summary>What comes from outside may be anything: no reader may crash on it, or let a path out of its folder.</summary>
public sealed class HubFuzzTests
{
    [Fact]
    public void Lists_of_files()
    {
        const string seed = """[{"type":"file","oid":"aa","size":12,"path":"a/b","lfs":{"oid":"bb","size":12,"pointerSize":134},"xetHash":"cc"},{"type":"directory","oid":"dd","size":0,"path":"a"}]""";
        FuzzText.Feed(seed, text =>
        {
            try
            {
                Assert.All(HubTree.Parse(Encoding.UTF8.GetBytes(text)), file => Assert.True(file is { Size: >= 0, Path: not null, ETag: not null }));
            }
            catch (Exception refused) when (refused is JsonException or InvalidOperationException)
            {
            }
        });
    }

    [Fact]
    public void Lists_of_files_on_disk()
    {
        var path = Path.GetTempFileName();
        try
        {
            FuzzText.Feed("""{"format_version":1,"files":{"a":{"size":3,"blob_id":"0123456789012345678901234567890123456789","xet_hash":"c"}}}""", text =>
            {
                File.WriteAllText(path, text);
                TreeFile.Read(path);
            }, 2_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void States_of_partial_files()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var journal = new PartialFileJournal(path, "aa", 300))
            {
                journal.SaveDurable([(0, 40), (100, 200)], journal.Number());
                journal.SaveDurable([(0, 50), (100, 200)], journal.Number());
                journal.SaveLive([(0, 60), (100, 200)]);
            }

            var whole = File.ReadAllBytes(path);
            Assert.Equal([(0, 60), (100, 200)], PartialFileJournal.Read(path, "aa", 300));
            Assert.Empty(PartialFileJournal.Read(path, "ab", 300));
            Assert.Empty(PartialFileJournal.Read(path, "aa", 301));
            var random = new Random(20_26);
            for (var round = 0; round < 2_000; round++)
            {
                var bytes = whole[..(round % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
                for (var change = random.Next(4); change > 0 && bytes.Length > 0; change--) bytes[Math.Min(bytes.Length - 1, random.Next(3) * PartialFileState.SlotSize + random.Next(150))] = (byte)random.Next(256);
                File.WriteAllBytes(path, bytes);
                Assert.Contains(PartialFileJournal.Read(path, "aa", 300).FirstOrDefault().End, new long[] { 0, 40, 50, 60 });
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Notes_on_disk()
    {
        using var folder = new HubFixture(new FakeRepo());
        var store = new CacheStore(folder.Folder, HubRepo.Parse(HubRepoType.Model, "acme/model"), avoidsLinks: false);
        var (refs, file, record) = (Path.Join(folder.Folder, "models--acme--model", "refs", "main"), Path.Join(folder.Folder, "a.bin"), Path.Join(folder.Folder, "a.metadata"));
        Directory.CreateDirectory(Path.GetDirectoryName(refs)!);
        File.WriteAllText(file, "x");
        FuzzText.Feed(FakeRepo.Commit, text =>
        {
            File.WriteAllText(refs, text);
            if (store.ReadRevision("main") is { } commit) Assert.Matches("^[0-9a-fA-F]{40}$", commit);
        }, 2_000);
        FuzzText.Feed($"{FakeRepo.Commit}\n{FakeRepo.Commit}\n1795384806.68\n", text =>
        {
            File.WriteAllText(record, text);
            LocalFileRecord.Read(record, file);
        }, 2_000);
    }

    [Fact]
    public async Task Sizes_beyond_all_sense_are_refused()
    {
        var repo = new FakeRepo();
        repo.AddLarge("a.bin", 10, 1);
        repo.AddLarge("b.bin", 11, 2);
        foreach (var path in repo.Files.Keys.ToList()) repo.Files[path] = repo.Files[path] with { ClaimedSize = long.MaxValue - 1 };
        using var fixture = new HubFixture(repo);
        Assert.Equal("NotAHub", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync())).ErrorId);
    }

    [Fact]
    public async Task No_name_of_a_file_leads_out_of_the_folder()
    {
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var repo = new FakeRepo();
            repo.AddPlain(FuzzText.Change("../a/./..\\b//C:/c", random).Replace('?', 'q').Replace('\0', 'z'), "text");
            using var fixture = new HubFixture(repo);
            var target = Path.Join(fixture.Folder, "below", "target");
            var before = Directory.CreateDirectory(Path.Join(fixture.Folder, "below")).FullName;
            try
            {
                await fixture.GetAsync(fixture.Request with { LocalFolder = target });
            }
            catch (LlmOpsException refused)
            {
                Assert.Contains(refused.ErrorId, new[] { "HubPathUnsafe", "ModelFolderNotWritable" });
            }

            Assert.All(Directory.EnumerateFileSystemEntries(before), entry => Assert.Equal(target, entry));
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(fixture.Folder), entry => Path.GetFileName(entry) is not ("below" or ".cache"));
        }
    }

    [Fact]
    public void Link_and_rate_limit_headers()
    {
        FuzzText.Feed("<http://h/api/x?cursor=2&limit=3>; rel=\"next\", </p>; rel=prev", text => LinkHeader.Next([text], new Uri("http://h/")));
        FuzzText.Feed("\"resolvers\";r=0;t=172", text => RateLimit.Parse(text));
        FuzzText.Feed("120", text =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", text);
            response.Headers.TryAddWithoutValidation("RateLimit", $"\"api\";r=0;t={text}");
            Assert.InRange(RetryDelay.From(response, TimeProvider.System) ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        });
        FuzzText.Feed("bytes 0-99/1000", text =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent([]) };
            response.Content.Headers.TryAddWithoutValidation("Content-Range", text);
            _ = response.Content.Headers.ContentRange?.From;
        });
        FuzzText.Feed("https://cdn.example/a%20b?signature=x", text =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.Found) { RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://h/") };
            if (response.Headers.TryAddWithoutValidation("Location", text)) HubAnswer.Redirect(response);
        });
    }

    [Fact]
    public void Patterns_and_paths()
    {
        FuzzText.Feed("[a-c]*?[!x]/[]]", text => new FileSelection([text], [text]).Selects("a/b"), 3_000);
        var root = Path.GetFullPath(Path.Join(Path.GetTempPath(), "root"));
        FuzzText.Feed("a/../b\\..\\c/./C:d//e/con.txt/nul /x. ", text =>
        {
            if (SafePath.IsSafe(text, forWindows: true)) Assert.True(StaysInsideOnWindows(text), text);
            if (SafePath.IsSafe(text, forWindows: false)) Assert.StartsWith(root + Path.DirectorySeparatorChar, Path.GetFullPath(Path.Join(root, text)), StringComparison.Ordinal);
        });
    }

    /// <summary>What Windows makes of a path below a folder: both slashes part it, dots and spaces at the end of a part are dropped, some names are devices, a colon is a drive or a stream.</summary>
    private static bool StaysInsideOnWindows(string path)
    {
        if (path.Contains(':', StringComparison.Ordinal) || path[0] is '/' or '\\') return false;
        string[] devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. "0123456789".SelectMany(digit => new[] { $"COM{digit}", $"LPT{digit}" })];
        foreach (var part in path.Split('/', '\\'))
        {
            if (part.TrimEnd('.', ' ').Length == 0 || part.TrimEnd('.', ' ') != part) return false;
            if (devices.Contains(part.Split('.')[0].TrimEnd(' ').ToUpperInvariant())) return false;
        }

        return true;
    }
}
