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
        Directory.CreateDirectory(Path.Join(_home, ".cache", "huggingface"));
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

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
