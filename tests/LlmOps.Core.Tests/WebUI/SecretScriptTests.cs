using System.Diagnostics;
using System.Formats.Tar;
using System.Security;
using LlmOps.State;
using LlmOps.WebUI;

namespace LlmOps.Core.Tests.WebUI;

public sealed class SecretScriptTests
{
    [LinuxFact]
    public void A_shell_reads_every_value_as_it_is()
    {
        using var folder = new TemporaryFolder();
        string[] values = ["plain", "it's", "''", "$(touch /tmp/never) `id` \\ \"x\"", "two\nlines", "ümläut ✓", " spaces ", "!#*?~;&|<>"];
        var script = SecretScript.Write(values.Select((value, index) => ($"V{index}", Hide(value))));
        File.WriteAllBytes(folder["env"], script);

        var start = new ProcessStartInfo("/bin/sh", ["-c", SecretScript.Loader(folder["env"]), "sh", "/usr/bin/env", "-0"]) { RedirectStandardOutput = true };
        start.Environment.Clear();
        using var shell = Process.Start(start)!;
        var variables = shell.StandardOutput.ReadToEnd().Split('\0');

        Assert.All(values.Index(), item => Assert.Contains($"V{item.Index}={item.Item}", variables));
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", true)]
    [InlineData("_x1", true)]
    [InlineData("1X", false)]
    [InlineData("A-B", false)]
    [InlineData("A=B", false)]
    [InlineData("A\n", false)]
    [InlineData("", false)]
    public void Only_a_name_is_a_name(string text, bool isName) => Assert.Equal(isName, SecretScript.IsName(text));

    [Theory]
    [InlineData(true, UnixFileMode.UserRead)]
    [InlineData(false, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    public void It_is_packed_for_those_who_have_to_read_it(bool forRoot, UnixFileMode mode)
    {
        using var reader = new TarReader(new MemoryStream(SecretScript.Pack([1, 2, 3], forRoot)));
        var entry = reader.GetNextEntry()!;
        Assert.Equal((".llmops-openwebui.env", 3L, mode, 0), (entry.Name, entry.Length, entry.Mode, entry.Uid));
        Assert.Null(reader.GetNextEntry());
    }

    private static SecureString Hide(string text) => SecureText.Hide(text)!;
}
