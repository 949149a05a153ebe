using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace LlmOps.Build;

/// <summary>The repository: where its files are, and what it says of itself.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Out => PathOf("out");

    public static string ModuleBin => PathOf("module", "bin");

    public static string Manifest => PathOf("LlmOps.psd1");

    public static string Version { get; } = XDocument.Load(PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The platform of this machine, such as <c>linux-x64</c>.</summary>
    public static string HostPlatform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    public static string PathOf(params string[] parts) => Path.Join([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (folder is not null && !File.Exists(Path.Join(folder, "LlmOps.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new BuildFailure("There is no LlmOps.sln above the build program.");
    }
}
