namespace LlmOps.Hub.Tests;

public sealed class HubTextTests
{
    // Expectations are what Python's fnmatch.fnmatchcase gives.
    [Theory]
    [InlineData("*.json", "config.json", true)]
    [InlineData("*.json", "a/b/config.json", true)]
    [InlineData("*.json", "config.JSON", false)]
    [InlineData("*.json", "config.jsonl", false)]
    [InlineData("a?c", "a/c", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("**/x", "a/b/x", true)]
    [InlineData("**/x", "x", false)]
    [InlineData("original", "original/params.json", false)]
    [InlineData("original/", "original/params.json", true)]
    [InlineData("original/", "original", false)]
    [InlineData("original\\*", "original/params.json", true)]
    [InlineData("[abc].txt", "b.txt", true)]
    [InlineData("[!abc].txt", "b.txt", false)]
    [InlineData("[!abc].txt", "d.txt", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[c-a]x", "bx", false)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[!]]x", "]x", false)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("[^a]", "^", true)]
    [InlineData("[^a]", "b", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("{a,b}", "a", false)]
    [InlineData("(a|b)+$", "(a|b)+$", true)]
    [InlineData("*Q4_K_M*", "x/model-Q4_K_M-00001.gguf", true)]
    [InlineData("*", "a\nb", true)]
    [InlineData("a", "a\n", false)]
    public void Patterns_match_as_in_hf(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new FileSelection([pattern], []).Selects(path));

    [Fact]
    public void Exclude_comes_after_include()
    {
        var selection = new FileSelection(["*.json", "*.bin"], ["a/*"]);
        Assert.Equal([true, false, false], new[] { "x.json", "a/x.json", "x.txt" }.Select(selection.Selects));
    }

    [Theory]
    [InlineData("a/b.txt", true, true)]
    [InlineData("a b", true, true)]
    [InlineData("a\\b", true, false)]
    [InlineData("con.txt", true, false)]
    [InlineData("a/NUL", true, false)]
    [InlineData("com1.x/y", true, false)]
    [InlineData("console.txt", true, true)]
    [InlineData("a.", true, false)]
    [InlineData("a /b", true, false)]
    [InlineData("a:b", false, false)]
    [InlineData("ab:c", true, false)]
    [InlineData("..", false, false)]
    [InlineData("a/./b", false, false)]
    [InlineData("a//b", false, false)]
    [InlineData("a/", false, false)]
    [InlineData("a\0b", false, false)]
    [InlineData("..a/b..", true, false)]
    public void Paths_are_judged_by_both_systems(string path, bool onUnix, bool onWindows) =>
        Assert.Equal((onUnix, onWindows), (SafePath.IsSafe(path, forWindows: false), SafePath.IsSafe(path, forWindows: true)));

    [Theory]
    [InlineData("<http://h/next>; rel=\"next\"", "http://h/next")]
    [InlineData("</p?cursor=2>; rel=next", "http://h/p?cursor=2")]
    [InlineData("<http://h/a>; rel=\"prev\", <http://h/b>; title=\"x\"; rel=\"last next\"", "http://h/b")]
    [InlineData("<http://h/a>; rel=\"nextish\"", null)]
    [InlineData("<file:///etc/passwd>; rel=\"next\"", null)]
    [InlineData("http://h/a; rel=next", null)]
    public void The_next_page_is_found(string header, string? expected) =>
        Assert.Equal(expected, LinkHeader.Next([header], new Uri("http://h/"))?.AbsoluteUri);

    [Theory]
    [InlineData("\"resolvers\";r=0;t=172", 172)]
    [InlineData("\"api\"; r=0; t=3", 3)]
    [InlineData("\"resolvers\";r=12;t=172", null)]
    [InlineData("nonsense", null)]
    public void The_quota_is_read(string header, int? seconds) => Assert.Equal(seconds, RateLimit.Parse(header) is { Left: 0 } limit ? (int?)limit.Reset.TotalSeconds : null);

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(39_240_000_000, "39.2 GB")]
    public void Bytes_are_readable(double bytes, string expected) => Assert.Equal(expected, ByteText.Of(bytes).Replace(',', '.'));
}
