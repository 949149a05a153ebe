namespace LlmOps.Rigs;

/// <summary>A program that is on a rig.</summary>
/// <param name="Name">Its name, such as <c>uv</c>.</param>
/// <param name="Version">Its version, or null if it did not say.</param>
public sealed record RigReportTool(string Name, string? Version)
{
    /// <summary>Such as <c>uv 0.9.2</c>.</summary>
    public override string ToString() => Version is null ? Name : $"{Name} {Version}";
}
