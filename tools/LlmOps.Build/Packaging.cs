using System.IO.Compression;
using System.Xml.Linq;

namespace LlmOps.Build;

/// <summary>Makes the folder and the package that are published.</summary>
internal static class Packaging
{
    private const int ExecutableMode = 0b1_000_000_111_101_101; // a regular file, rwxr-xr-x
    private const int FileMode = 0b1_000_000_110_100_100; // a regular file, rw-r--r--

    public static void Run()
    {
        var manifest = ManifestData.Read(Checkout.Manifest);
        var version = manifest.Text("ModuleVersion");
        if (version != Checkout.Version) throw new BuildFailure($"LlmOps.psd1 says version {version}, Directory.Build.props {Checkout.Version}.");
        var folder = Checkout.PathOf("out", "LlmOps", version);
        Step.Run("folder", () =>
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            foreach (var file in Files())
            {
                var target = Path.Join(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Checkout.PathOf(file), target);
            }

            return Path.GetRelativePath(Checkout.Root, folder);
        });
        Step.Run("nupkg", () => WritePackage(folder, manifest, Checkout.PathOf("out", $"LlmOps.{version}.nupkg")));
    }

    private static IEnumerable<string> Files() =>
        new[] { "LlmOps.psd1", "LICENSE", "CHANGELOG.md" }
            .Concat(Directory.EnumerateFiles(Checkout.PathOf("module"), "*.ps1xml").Select(Relative))
            .Concat(Directory.EnumerateFiles(Checkout.PathOf("en-US")).Select(Relative))
            .Concat(Directory.EnumerateFiles(Checkout.ModuleBin, "*", SearchOption.AllDirectories).Select(Relative)
                .Where(file => Path.GetExtension(file) is not ".pdb" && !file.EndsWith(".xml", StringComparison.Ordinal)));

    private static string Relative(string path) => Path.GetRelativePath(Checkout.Root, path);

    private static string WritePackage(string folder, ManifestData manifest, string path)
    {
        File.Delete(path);
        using var package = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(package, "LlmOps.nuspec", Nuspec.Make(manifest));
        Add(package, "_rels/.rels", PackageParts.Relationships("LlmOps.nuspec"));
        Add(package, "package/services/metadata/core-properties/LlmOps.psmdcp", PackageParts.CoreProperties(manifest));
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var entry = package.CreateEntryFromFile(file, Path.GetRelativePath(folder, file).Replace('\\', '/'), CompressionLevel.SmallestSize);
            entry.ExternalAttributes = (IsProgram(file) ? ExecutableMode : FileMode) << 16;
        }

        Add(package, "[Content_Types].xml", PackageParts.ContentTypes(files.Select(Path.GetExtension).OfType<string>(), files.Where(file => Path.GetExtension(file).Length == 0)
            .Select(file => "/" + Path.GetRelativePath(folder, file).Replace('\\', '/'))));
        return Path.GetRelativePath(Checkout.Root, path);
    }

    private static bool IsProgram(string file) => Path.GetFileNameWithoutExtension(file) is "llmops-agent" or "llmops-simulator";

    private static void Add(ZipArchive package, string name, XDocument content)
    {
        var entry = package.CreateEntry(name);
        entry.ExternalAttributes = FileMode << 16;
        using var stream = entry.Open();
        content.Save(stream);
    }
}
