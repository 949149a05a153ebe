namespace LlmOps.Hub.Tests;

public sealed class HubEnvironmentTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("llmops-env-").FullName;
    private readonly Dictionary<string, string> _variables = [];

    public HubEnvironmentTests() => _variables["HOME"] = _home;

    private HubEnvironment Environment => new(name => _variables.GetValueOrDefault(name));

    [Fact]
    public void The_cache_is_found_in_hfs_order()
    {
        Assert.Equal(Path.Join(_home, ".cache", "huggingface", "hub"), Environment.CacheFolder);
        _variables["XDG_CACHE_HOME"] = "/xdg";
        Assert.Equal("/xdg/huggingface/hub", Environment.CacheFolder);
        _variables["HF_HOME"] = "~/hf";
        Assert.Equal(Path.Join(_home, "hf", "hub"), Environment.CacheFolder);
        _variables["VOLUME"] = "/volume";
        _variables["HUGGINGFACE_HUB_CACHE"] = "$VOLUME/old";
        Assert.Equal("/volume/old", Environment.CacheFolder);
        _variables["HF_HUB_CACHE"] = "${VOLUME}/new";
        Assert.Equal("/volume/new", Environment.CacheFolder);
    }

    [Fact]
    public void The_token_is_found_in_hfs_order()
    {
        Assert.Null(Environment.FindToken());
        File.WriteAllText(Path.Join(_home, ".netrc"), "machine huggingface.co login me password hf_netrc\nmachine mirror password hf_mirror\n");
        Assert.Equal("hf_netrc", Environment.FindToken());
        File.WriteAllText(Path.Join(_home, "netrc"), "machine mirror password hf_elsewhere\n");
        _variables["NETRC"] = "$HOME/netrc";
        Assert.Null(Environment.FindToken());
        _variables["HF_ENDPOINT"] = "http://mirror:8080/";
        Assert.Equal("hf_elsewhere", Environment.FindToken());
        Directory.CreateDirectory(Path.Join(_home, ".cache", "huggingface"));
        File.WriteAllText(Path.Join(_home, ".cache", "huggingface", "stored_tokens"), "[work]\nhf_token = hf_stored\n");
        Assert.Equal("hf_stored", Environment.FindToken());
        File.WriteAllText(Path.Join(_home, ".cache", "huggingface", "token"), "hf_file\n");
        Assert.Equal("hf_file", Environment.FindToken());
        File.WriteAllText(Path.Join(_home, "other"), " hf_other\r\n");
        _variables["HF_TOKEN_PATH"] = "~/other";
        Assert.Equal("hf_other", Environment.FindToken());
        _variables["HUGGING_FACE_HUB_TOKEN"] = "hf_old";
        Assert.Equal("hf_old", Environment.FindToken());
        _variables["HF_TOKEN"] = " ";
        Assert.Equal("hf_old", Environment.FindToken());
        _variables["HF_TOKEN"] = "hf_new\n";
        Assert.Equal("hf_new", Environment.FindToken());
        _variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "yes";
        Assert.Null(Environment.FindToken());
    }

    [Fact]
    public void The_endpoint_is_the_public_hub_or_a_mirror()
    {
        Assert.Equal("https://huggingface.co/", Environment.Endpoint.AbsoluteUri);
        _variables["HF_ENDPOINT"] = "https://mirror.example/hub/";
        Assert.Equal("https://mirror.example/hub/", Environment.Endpoint.AbsoluteUri);
        _variables["HF_ENDPOINT"] = "ftp://x";
        Assert.Equal("HubEndpointInvalid", Assert.Throws<LlmOpsException>(() => Environment.Endpoint).ErrorId);
    }

    [Fact]
    public void A_secret_in_the_endpoint_is_refused_and_not_shown()
    {
        _variables["HF_ENDPOINT"] = "https://me:canary@mirror.example";
        var failure = Assert.Throws<LlmOpsException>(() => Environment.Endpoint);
        Assert.Equal("HubEndpointInvalid", failure.ErrorId);
        Assert.DoesNotContain("canary", failure.ToString() + failure.Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("ON", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("no", false)]
    [InlineData("2", false)]
    [InlineData("", false)]
    public void Switches_are_read_as_hf_reads_them(string value, bool expected)
    {
        foreach (var (name, read) in new (string, Func<HubEnvironment, bool>)[]
                 {
                     ("HF_HUB_OFFLINE", environment => environment.IsOffline), ("TRANSFORMERS_OFFLINE", environment => environment.IsOffline),
                     ("HF_HUB_DISABLE_SYMLINKS", environment => environment.AvoidsSymbolicLinks), ("HF_HUB_DISABLE_XET", environment => environment.AvoidsXet),
                 })
        {
            Assert.False(read(Environment));
            _variables[name] = value;
            Assert.Equal(expected, read(Environment));
            _variables.Remove(name);
        }
    }

    [Fact]
    public void Time_limits_are_seconds()
    {
        Assert.Null(Environment.AnswerTimeout);
        _variables["HF_HUB_ETAG_TIMEOUT"] = "20";
        _variables["HF_HUB_DOWNLOAD_TIMEOUT"] = "1.5";
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1.5)), (Environment.AnswerTimeout, Environment.DownloadTimeout));
        foreach (var wrong in new[] { "soon", "-1", "0", "NaN", "1e300" })
        {
            _variables["HF_HUB_ETAG_TIMEOUT"] = wrong;
            Assert.Equal(("HubVariableInvalid", "HF_HUB_ETAG_TIMEOUT"), Refusal(() => Environment.AnswerTimeout));
        }
    }

    private static (string, object?) Refusal(Func<object?> action)
    {
        var failure = Assert.Throws<LlmOpsException>(() => action());
        return (failure.ErrorId, failure.Target);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
