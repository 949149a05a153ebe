using System.Text;
using System.Text.RegularExpressions;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>The Python environment of one version of vLLM on a rig. It counts as installed only when its last step has left the mark.</summary>
internal sealed partial class EngineEnvironment(RigLayout layout, string version)
{
    private const string Prefix = "vllm-";

    public string Version => version;

    public string Folder { get; } = Path.Join(layout.VirtualEnvironments, Prefix + version);

    /// <summary>The engine's program.</summary>
    public string Program => Path.Join(Folder, "bin", "vllm");

    /// <summary>The environment's Python.</summary>
    public string Python => Path.Join(Folder, "bin", "python");

    /// <summary>True when the installation was completed.</summary>
    public bool IsComplete => File.Exists(Mark) && File.Exists(Program);

    /// <summary>The build that was installed, such as <c>cu130</c>.</summary>
    public string Variant => File.ReadAllText(Mark).Trim();

    private string Mark => Path.Join(Folder, "complete");

    /// <summary>The environment of a version, or the newest complete one; null if that is not installed.</summary>
    public static EngineEnvironment? Find(RigLayout layout, string? version)
    {
        if (version is not null) return new EngineEnvironment(layout, Checked(version)) is { IsComplete: true } asked ? asked : null;
        if (!Directory.Exists(layout.VirtualEnvironments)) return null;
        return Directory.EnumerateDirectories(layout.VirtualEnvironments, Prefix + "*")
            .Select(folder => new EngineEnvironment(layout, Path.GetFileName(folder)[Prefix.Length..]))
            .Where(found => found.IsComplete)
            .MaxBy(found => found.Version, Comparer<string>.Create(Compare));
    }

    /// <summary>Refuses what is no version; it becomes part of a path.</summary>
    public static string Checked(string version) => Shape().IsMatch(version) ? version : throw EngineErrors.VersionInvalid(version);

    /// <summary>Leaves the mark that the installation is complete.</summary>
    /// <param name="variant">What was installed.</param>
    public void Complete(string variant) => AtomicFile.Write(Mark, Encoding.UTF8.GetBytes(variant + "\n"));

    /// <summary>Takes the mark away while the environment changes.</summary>
    public void Reopen()
    {
        if (File.Exists(Mark)) File.Delete(Mark);
    }

    private static int Compare(string left, string right) => Numbers(left).CompareTo(Numbers(right)) is var order and not 0 ? order : string.CompareOrdinal(left, right);

    private static Version Numbers(string version) => System.Version.TryParse(Leading().Match(version).Value, out var numbers) ? numbers : new Version(0, 0);

    [GeneratedRegex(@"^\d+(?:\.[A-Za-z0-9]+)+(?:\+[A-Za-z0-9.]+)?\z")]
    private static partial Regex Shape();

    [GeneratedRegex(@"^\d+(?:\.\d+){1,3}")]
    private static partial Regex Leading();
}
