using LlmOps.Rigs;

namespace LlmOps.Core.Tests.Rigs;

public sealed class SshDestinationTests
{
    [Theory]
    [InlineData("gpu.example", null, "gpu.example", null)]
    [InlineData("ubuntu@gpu.example", "ubuntu", "gpu.example", null)]
    [InlineData("ubuntu@203.0.113.7:22031", "ubuntu", "203.0.113.7", 22031)]
    [InlineData("gpu.example:2222", null, "gpu.example", 2222)]
    [InlineData("root@[2001:db8::1]:2222", "root", "2001:db8::1", 2222)]
    [InlineData("2001:db8::1", null, "2001:db8::1", null)]
    [InlineData("ssh://me@gpu.example:22/", "me", "gpu.example", 22)]
    [InlineData("my_alias", null, "my_alias", null)]
    public void SaysWhereTheServerIs(string text, string? user, string host, int? port)
    {
        var destination = SshDestination.Parse(text);
        Assert.Equal((user, host, port), (destination.UserName, destination.HostName, destination.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("me@")]
    [InlineData("@host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:port")]
    [InlineData("-oProxyCommand=evil")]
    [InlineData("me@-host")]
    [InlineData("two words")]
    [InlineData("host\n")]
    public void RefusesWhatIsNoDestination(string text)
    {
        var failure = Assert.Throws<LlmOpsException>(() => SshDestination.Parse(text));
        Assert.Equal("SshDestinationInvalid", failure.ErrorId);
        Assert.Contains($"'{text}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatItWritesItCanReadAgain()
    {
        foreach (var text in (string[])["h", "u@h", "u@h:1", "u@[2001:db8::1]:65535"]) Assert.Equal(text, SshDestination.Parse(text).ToString());
    }

    [Fact]
    public void NoTextMakesItCrash()
    {
        var random = new Random(7);
        const string letters = "abc019@:[]/-. \n%\u00e9ssh";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
            try
            {
                Assert.DoesNotMatch(@"^-|\s", SshDestination.Parse(text).HostName);
            }
            catch (LlmOpsException refused)
            {
                Assert.Equal("SshDestinationInvalid", refused.ErrorId);
            }
        }
    }
}
