namespace LlmOps.Hub.Tests;

/// <summary>A fake Hub, an empty folder, and downloads from the one into the other with short limits.</summary>
internal sealed class HubFixture : IDisposable
{
    public static readonly TransferLimits Limits = new()
    {
        Connections = 4,
        LargestRange = 64 * 1024,
        SmallestRange = 16 * 1024,
        Stall = TimeSpan.FromSeconds(1),
        Headers = TimeSpan.FromSeconds(10),
        Patience = TimeSpan.FromSeconds(10),
    };

    private readonly Dictionary<string, string> _variables = [];

    public HubFixture(FakeRepo repo, params FakeFault[] faults)
    {
        Repo = repo;
        Hub = new FakeHub(repo, faults);
        Folder = Directory.CreateTempSubdirectory("llmops-hub-").FullName;
        _variables["HOME"] = Folder;
        _variables["HF_ENDPOINT"] = Hub.Endpoint;
    }

    public FakeRepo Repo { get; }

    public FakeHub Hub { get; }

    public string Folder { get; }

    public string Cache => Path.Join(Folder, ".cache", "huggingface", "hub");

    public string RepoFolder => Path.Join(Cache, "models--acme--model");

    public string Snapshot => Path.Join(RepoFolder, "snapshots", FakeRepo.Commit);

    public HubEnvironment Environment => new(name => _variables.GetValueOrDefault(name));

    public ModelRequest Request => new() { Id = Repo.Id };

    public void Set(string variable, string value) => _variables[variable] = value;

    public ModelDownload Download(ModelRequest? request = null, TransferLimits? limits = null) =>
        new(request ?? Request, Environment, TimeProvider.System, limits ?? Limits);

    public Task<HfModel> GetAsync(ModelRequest? request = null, CancellationToken cancel = default) => Download(request).RunAsync(null, cancel);

    public void AssertComplete(string folder)
    {
        foreach (var (path, file) in Repo.Files) Assert.Equal(file.Content, File.ReadAllBytes(Path.Join(folder, path)));
        Assert.Empty(Directory.EnumerateFiles(Folder, "*.incomplete", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        Hub.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
