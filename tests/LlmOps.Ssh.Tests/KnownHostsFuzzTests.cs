using System.Text;
using LlmOps.Ssh.Authentication;
using LlmOps.Ssh.OpenSsh;

namespace LlmOps.Ssh.Tests;

public sealed class KnownHostsFuzzTests
{
    private const string Key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    [Fact]
    public void Nothing_that_could_stand_in_a_line_crashes_the_reader()
    {
        var random = new Random(11);
        var words = new[] { "@revoked", "@cert-authority", "@", "host", "[host]:22", "*", "!", ",", "|1|", "|", Key, Key[..20], "ssh-ed25519", "ssh-rsa", " ", "\t", "#", "====", "AAAA", "\0", "é", "|1|AAAA|AAAA" };
        for (var round = 0; round < 20_000; round++)
        {
            var line = new StringBuilder();
            for (var left = random.Next(12); left > 0; left--) line.Append(random.Next(6) == 0 ? ((char)random.Next(1, 300)).ToString() : words[random.Next(words.Length)]);
            KnownHostsEntry.Parse(line.ToString(), "file", 1)?.IsFor("host");
        }
    }

    [Fact]
    public void Nothing_that_could_stand_in_a_key_file_crashes_the_reader()
    {
        var random = new Random(13);
        var file = Path.GetTempFileName();
        var words = new[] { "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEA", "AAAA", "\n", "PuTTY-User-Key-File-2: ssh-ed25519", "Public-Lines: ", "3", "-1", "99999999", "Encryption: none", Key, "ssh-ed25519 ", "ENCRYPTED" };
        try
        {
            for (var round = 0; round < 3000; round++)
            {
                var text = new StringBuilder();
                for (var left = random.Next(12); left > 0; left--) text.Append(random.Next(6) == 0 ? ((char)random.Next(1, 300)).ToString() : words[random.Next(words.Length)]);
                File.WriteAllText(file, text.ToString());
                Assert.Equal(file, KeyFile.Read(file).Path);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("host ssh-ed25519 " + Key + " comment", true)]
    [InlineData("  host\tssh-ed25519\t" + Key, true)]
    [InlineData("HOST ssh-ed25519 " + Key, true)]
    [InlineData("#host ssh-ed25519 " + Key, false)]
    [InlineData("host ssh-rsa " + Key, false)]
    [InlineData("@unknown host ssh-ed25519 " + Key, false)]
    [InlineData("host ssh-ed25519", false)]
    public void A_line_is_read_as_the_format_says(string line, bool known) => Assert.Equal(known, KnownHostsEntry.Parse(line, "file", 1)?.IsFor("host") ?? false);
}
