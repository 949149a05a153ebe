namespace LlmOps.Simulator.Uv;

/// <summary>The packages of a Python environment, by the <c>dist-info</c> folders in it.</summary>
internal sealed class InstalledPackages(string environment)
{
    /// <summary>What <c>uv pip install vllm</c> takes where no version is asked for.</summary>
    public const string LatestVllm = "0.29.0";

    private readonly string _sitePackages = Path.Join(environment, "lib/python3.12/site-packages");

    /// <summary>Name and version of each.</summary>
    public IReadOnlyList<(string Name, string Version)> List() =>
        Directory.Exists(_sitePackages)
            ? [.. Directory.EnumerateDirectories(_sitePackages, "*.dist-info").Select(Path.GetFileNameWithoutExtension).Select(name => name!.Split('-', 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0].Replace('_', '-'), parts[1])).Order()]
            : [];

    public string? VersionOf(string name) => List().FirstOrDefault(package => package.Name == name).Version;

    public void Add(string name, string version)
    {
        var stem = name.Replace('-', '_');
        foreach (var old in Directory.EnumerateDirectories(_sitePackages, $"{stem}-*.dist-info")) Directory.Delete(old, recursive: true);
        var folder = Path.Join(_sitePackages, $"{stem}-{version}.dist-info");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Join(folder, "METADATA"), $"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n");
    }

    /// <summary>Makes a program of the environment.</summary>
    public void AddProgram(string name)
    {
        var program = Path.Join(environment, "bin", name);
        if (!File.Exists(program)) File.CreateSymbolicLink(program, Environment.ProcessPath!);
    }

    /// <summary>The environment that a program called by this path belongs to, or null.</summary>
    public static string? EnvironmentOf(string program) =>
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(program))) is { } folder && File.Exists(Path.Join(folder, "pyvenv.cfg")) ? folder : null;
}
