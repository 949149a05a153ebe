namespace LlmOps.Hub.Tests;

public sealed class TokenFilesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    [Theory]
    [InlineData("machine huggingface.co login me password hf_a", "hf_a")]
    [InlineData("machine huggingface.co\n\tlogin me\n\tpassword hf_a\nmachine other password hf_b", "hf_a")]
    [InlineData("machine other login me password hf_b\nmachine HuggingFace.co password hf_a", "hf_a")]
    [InlineData("machine huggingface.co password \"with space \\\" quote\"", "with space \" quote")]
    [InlineData("machine huggingface.co password #hash # a comment", "#hash")]
    [InlineData("# machine huggingface.co password hf_c\r\nmachine huggingface.co password hf_a\r\n", "hf_a")]
    [InlineData("macdef init\nmachine huggingface.co password hf_macro\n\nmachine huggingface.co password hf_a", "hf_a")]
    [InlineData("machine huggingface.co login password password hf_a", "hf_a")]
    [InlineData("machine password password hf_b", null)]
    [InlineData("default login me password hf_everywhere", null)]
    [InlineData("machine huggingface.co login me\ndefault password hf_everywhere", null)]
    [InlineData("machine sub.huggingface.co password hf_b", null)]
    [InlineData("machine huggingface.co password", null)]
    [InlineData("machine", null)]
    [InlineData("", null)]
    public void The_password_of_a_host_is_found_in_netrc(string text, string? expected) => Assert.Equal(expected, NetrcFile.Password(text, "huggingface.co"));

    [Theory]
    [InlineData("[work]\nhf_token = hf_a\n", "hf_a")]
    [InlineData("[work]\r\nhf_token=hf_a\r\nexpires_at = 1000001\r\n", "hf_a")]
    [InlineData("[work]\nhf_token = hf_a\nexpires_at = 999999.5\n", null)]
    [InlineData("[a]\nhf_token = hf_a\n[b]\nhf_token = hf_b\n", null)]
    [InlineData("[work]\nrefresh_token = x\n", null)]
    [InlineData("hf_token = hf_a\n", null)]
    [InlineData("", null)]
    public void Of_stored_tokens_the_only_one_is_taken(string text, string? expected) => Assert.Equal(expected, StoredTokens.Only(text, Now));

    [Fact]
    public void No_text_is_too_strange()
    {
        var random = new Random(20260);
        string[] words = ["machine", "default", "password", "login", "macdef", "huggingface.co", "\"", "\\", "#", "\n", "\n\n", "\r", " ", "\t", "\0", "é", "[", "]", "=", "hf_token", "expires_at", "1e999"];
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)] + (random.Next(2) == 0 ? " " : "")));
            NetrcFile.Password(text, "huggingface.co");
            StoredTokens.Only(text, Now);
        }
    }
}
