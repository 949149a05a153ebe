using System.Text;
using LlmOps.Ssh.OpenSsh;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests;

/// <summary>Compares our reading of ssh_config with that of the real ssh, on configurations made up at random from a fixed seed.</summary>
public sealed class SshConfigOracleTests : IDisposable
{
    private static readonly string[] Aliases = ["rig", "rig-1", "gpu.example.com", "GPU", "10.0.0.7", "web"];
    private static readonly string[] Patterns = ["*", "rig*", "rig-?", "!rig", "gpu.*", "GPU", "10.0.*", "!*.com", "web", "none-such", "rig-[1]"];

    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_hundred_random_configurations_are_read_as_ssh_reads_them()
    {
        var random = new Random(20260);
        for (var round = 0; round < 200; round++)
        {
            var file = Path.Join(_folder, $"config{round}");
            var text = NewConfig(random, round, depth: 0);
            File.WriteAllText(file, text);
            var alias = Aliases[random.Next(Aliases.Length)];
            var expected = SshdFixture.Run("ssh", "-G", "-F", file, alias);
            Assert.True(Ours(file, alias) == Theirs(expected), $"{alias}\n--- config\n{text}\n--- ssh\n{Theirs(expected)}\n--- ours\n{Ours(file, alias)}");
        }
    }

    [Theory]
    [InlineData("Host rig\n  ProxyCommand nc %h %p\n", "ProxyCommand")]
    [InlineData("Match exec true\n  User x\n", "Match")]
    [InlineData("Match host rig exec \"test -f x\"\n  User x\n", "Match")]
    public void What_can_not_be_done_is_refused_by_file_and_line(string config, string keyword)
    {
        var file = Path.Join(_folder, "unsupported");
        File.WriteAllText(file, config);
        var refused = Assert.Throws<LlmOpsException>(() => new SshConfig(_folder, _folder).Resolve("rig", null, null, file));
        Assert.Equal("SshConfigUnsupported", refused.ErrorId);
        Assert.Contains(keyword, refused.Message);
        Assert.Contains(file, refused.Message);
    }

    [Theory]
    [InlineData("Host other\n  ProxyCommand nc %h %p\n")]
    [InlineData("Match host other exec true\n  User x\n")]
    [InlineData("ProxyJump jump\nProxyCommand nc %h %p\n")]
    [InlineData("ProxyCommand none\n")]
    public void What_does_not_apply_is_passed_over(string config)
    {
        var file = Path.Join(_folder, "passed");
        File.WriteAllText(file, config);
        Assert.Equal("rig", new SshConfig(_folder, _folder).Resolve("rig", null, null, file).HostName);
    }

    [Theory]
    [InlineData("Port none", "port")]
    [InlineData("Port 70000", "port")]
    [InlineData("User \"x", "quote")]
    [InlineData("ProxyJump a:b:c@", "jump")]
    [InlineData("HostName", "value")]
    public void What_is_wrong_is_told_by_file_and_line(string line, string word)
    {
        var file = Path.Join(_folder, "wrong");
        File.WriteAllText(file, "# first\n" + line + "\n");
        var wrong = Assert.Throws<LlmOpsException>(() => new SshConfig(_folder, _folder).Resolve("rig", null, null, file));
        Assert.Equal("SshConfigInvalid", wrong.ErrorId);
        Assert.Contains(file + ":2", wrong.Message);
        Assert.Contains(word, wrong.Message);
    }

    [Fact]
    public void Tokens_and_variables_are_replaced()
    {
        var file = Path.Join(_folder, "tokens");
        Environment.SetEnvironmentVariable("LLMOPS_TEST_KEYS", "/keys");
        File.WriteAllText(file, "Host rig\n  HostName %h.example.com\n  Port 2200\n  User me\n  IdentityFile ~/.ssh/%r@%h-%p-%n\n  IdentityFile %d/a%%b\n  IdentityFile ${LLMOPS_TEST_KEYS}/k\n");
        var settings = new SshConfig("/home/x", _folder).Resolve("rig", null, null, file);
        Assert.Equal("rig.example.com", settings.HostName);
        Assert.Equal(["/home/x/.ssh/me@rig.example.com-2200-rig", "/home/x/a%b", "/keys/k"], settings.IdentityFiles);
    }

    [Theory]
    [InlineData("10", 10)]
    [InlineData("1m30s", 90)]
    [InlineData("2h", 7200)]
    [InlineData("0", null)]
    [InlineData("none", null)]
    public void A_time_is_read(string text, int? seconds)
    {
        var file = Path.Join(_folder, "time");
        File.WriteAllText(file, $"ConnectTimeout {text}\n");
        Assert.Equal(seconds, (int?)new SshConfig(_folder, _folder).Resolve("rig", null, null, file).ConnectTimeout?.TotalSeconds);
    }

    [Fact]
    public void Nothing_that_could_stand_in_a_file_crashes_the_reader()
    {
        var random = new Random(7);
        var words = new[] { "Host", "Match", "Include", "*", "!", "\"", "'", "\\", "=", "#", " ", "\t", "\n", "Port", "%h", "%", "${", "}", "~", "ProxyJump", "a@b:1", "[::1]:2", "..", "IdentityFile", "\0", "é", "all", "exec", "," };
        for (var round = 0; round < 3000; round++)
        {
            var file = Path.Join(_folder, "fuzz");
            var text = new StringBuilder();
            for (var left = random.Next(40); left > 0; left--) text.Append(random.Next(8) == 0 ? ((char)random.Next(1, 300)).ToString() : words[random.Next(words.Length)]);
            File.WriteAllText(file, text.ToString());
            try
            {
                new SshConfig(_folder, _folder).Resolve("rig", null, null, file);
            }
            catch (LlmOpsException known)
            {
                Assert.StartsWith("SshConfig", known.ErrorId);
            }
        }
    }

    private string NewConfig(Random random, int round, int depth)
    {
        var text = new StringBuilder();
        for (var lines = random.Next(3, 14); lines > 0; lines--)
        {
            text.AppendLine(random.Next(14) switch
            {
                0 or 1 or 2 => $"{Case(random, "Host")}{Separator(random)}{string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Patterns[random.Next(Patterns.Length)]))}",
                3 => $"  {Case(random, "HostName")}{Separator(random)}{Pick(random, "%h.example.org", "192.168.1.4", "Real.Example.COM", "\"quoted.example\"")}",
                4 => $"\t{Case(random, "User")}{Separator(random)}{Pick(random, "ubuntu", "\"root\"", "me # comment", "'single'")}",
                5 => $"  {Case(random, "Port")}{Separator(random)}{random.Next(1, 65536)}",
                6 => $"  IdentityFile{Separator(random)}{Pick(random, "~/.ssh/one", "/keys/two", "\"/keys/with space\"", "/keys/with\\ space", "%d/.ssh/%r-key")}",
                7 => $"  IdentitiesOnly{Separator(random)}{Pick(random, "yes", "no")}",
                8 => $"  ProxyJump{Separator(random)}{Pick(random, "jump", "me@jump:2200", "a,b@c,d:22", "none")}",
                9 => $"  StrictHostKeyChecking{Separator(random)}{Pick(random, "yes", "no", "ask", "accept-new")}",
                10 => $"  UserKnownHostsFile{Separator(random)}{Pick(random, "/known/one", "/known/one /known/two", "\"/known/a b\" /known/c")}",
                11 => $"  HostKeyAlias{Separator(random)}{Pick(random, "alias", "other")}",
                12 when depth < 2 => NewInclude(random, round, depth),
                13 => Pick(random, "Match all", "Match originalhost rig*,!rig-1", "Match user nobody", "Match host *.example.org", "Match !originalhost web", "Match canonical"),
                _ => Pick(random, "", "# comment", "   ", "  ConnectTimeout 7", "  CertificateFile /keys/one-cert.pub"),
            });
        }

        return text.ToString();
    }

    private string NewInclude(Random random, int round, int depth)
    {
        var stem = Path.Join(_folder, $"part{round}-{depth}-{random.Next(1000)}");
        for (var part = random.Next(0, 3); part > 0; part--) File.WriteAllText($"{stem}.{part}", NewConfig(random, round, depth + 1));
        return $"Include {stem}.*";
    }

    private string Ours(string file, string alias)
    {
        var values = new SshConfig(_folder, _folder).Read(alias, new ConfigValues(), file);
        var settings = new SshConfig(_folder, _folder).Resolve(alias, null, null, file);
        return string.Join('\n', [
            $"hostname {settings.HostName}",
            $"user {settings.User}",
            $"port {settings.Port}",
            .. values.All("identityfile").Select(path => $"identityfile {path}"),
            .. values.All("certificatefile").Select(path => $"certificatefile {path}"),
            $"identitiesonly {(settings.IdentitiesOnly ? "yes" : "no")}",
            $"proxyjump {(settings.ProxyJump.Count == 0 ? "" : values.First("proxyjump"))}",
            $"stricthostkeychecking {settings.StrictHostKeyChecking switch { "yes" => "true", "no" => "false", var other => other }}",
            $"userknownhostsfile {(values.Has("userknownhostsfile") ? string.Join(' ', values.All("userknownhostsfile")) : "")}",
            $"hostkeyalias {settings.HostKeyAlias}",
            $"connecttimeout {settings.ConnectTimeout?.TotalSeconds:0}",
        ]);
    }

    private static string Theirs(string output)
    {
        var lines = output.Split('\n').Select(line => line.Split(' ', 2)).Where(line => line.Length == 2).ToLookup(line => line[0], line => line[1]);
        var usual = lines["identityfile"].All(path => path.StartsWith("~/.ssh/id_", StringComparison.Ordinal));
        return string.Join('\n', [
            $"hostname {lines["hostname"].Single()}",
            $"user {lines["user"].Single()}",
            $"port {lines["port"].Single()}",
            .. (usual ? [] : lines["identityfile"]).Select(path => $"identityfile {path}"),
            .. lines["certificatefile"].Select(path => $"certificatefile {path}"),
            $"identitiesonly {lines["identitiesonly"].Single()}",
            $"proxyjump {lines["proxyjump"].SingleOrDefault()}",
            $"stricthostkeychecking {lines["stricthostkeychecking"].Single()}",
            $"userknownhostsfile {(lines["userknownhostsfile"].Single().Contains(".ssh/known_hosts", StringComparison.Ordinal) ? "" : lines["userknownhostsfile"].Single())}",
            $"hostkeyalias {lines["hostkeyalias"].SingleOrDefault()}",
            $"connecttimeout {lines["connecttimeout"].Single().Replace("none", "")}",
        ]);
    }

    private static string Case(Random random, string keyword) => random.Next(3) switch { 0 => keyword.ToUpperInvariant(), 1 => keyword.ToLowerInvariant(), _ => keyword };

    private static string Separator(Random random) => Pick(random, " ", "=", " = ", "\t", "  ");

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
