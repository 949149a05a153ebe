using System.Net;
using System.Text;
using System.Text.Json;

namespace LlmOps.Hub.Tests;

/// <summary>What comes from outside may be anything: no reader may crash on it, or let a path out of its folder.</summary>
public sealed class HubFuzzTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Lists_of_files()
    {
        const string seed = """[{"type":"file","oid":"aa","size":12,"path":"a/b","lfs":{"oid":"bb","size":12,"pointerSize":134},"xetHash":"cc"},{"type":"directory","oid":"dd","size":0,"path":"a"}]""";
        Fuzz(seed, text =>
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
            Fuzz("""{"format_version":1,"files":{"a":{"size":3,"blob_id":"0123456789012345678901234567890123456789","xet_hash":"c"}}}""", text =>
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
                journal.SaveDurable([(0, 40), (100, 200)]);
                journal.SaveDurable([(0, 50), (100, 200)]);
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
    public void Link_and_rate_limit_headers()
    {
        Fuzz("<http://h/api/x?cursor=2&limit=3>; rel=\"next\", </p>; rel=prev", text => LinkHeader.Next([text], new Uri("http://h/")));
        Fuzz("\"resolvers\";r=0;t=172", text => RetryDelay.Reset(text));
        Fuzz("bytes 0-99/1000", text =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent([]) };
            response.Content.Headers.TryAddWithoutValidation("Content-Range", text);
            _ = response.Content.Headers.ContentRange?.From;
        });
        Fuzz("https://cdn.example/a%20b?signature=x", text =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.Found) { RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://h/") };
            if (response.Headers.TryAddWithoutValidation("Location", text)) HubAnswer.Redirect(response);
        });
    }

    [Fact]
    public void Patterns_and_paths()
    {
        Fuzz("[a-c]*?[!x]/[]]", text => new FileSelection([text], [text]).Selects("a/b"), 3_000);
        var root = Path.GetFullPath(Path.Join(Path.GetTempPath(), "root"));
        Fuzz("a/../b\\..\\c/./C:d//e", text =>
        {
            if (SafePath.IsSafe(text, forWindows: false)) Assert.StartsWith(root + Path.DirectorySeparatorChar, Path.GetFullPath(Path.Join(root, text)), StringComparison.Ordinal);
        });
    }

    private static void Fuzz(string seed, Action<string> read, int rounds = Rounds)
    {
        var random = new Random(20_26);
        for (var round = 0; round < rounds; round++)
        {
            var text = new StringBuilder(seed);
            for (var change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0: text.Remove(at, random.Next(1, Math.Min(8, text.Length - at) + 1)); break;
                    case 1: text[at] = (char)random.Next(1, 300); break;
                    case 2: text.Insert(at, seed.AsSpan(random.Next(seed.Length))); break;
                    default: text.Insert(at, (random.NextInt64() - random.NextInt64()).ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
                }
            }

            read(text.ToString());
        }
    }
}
