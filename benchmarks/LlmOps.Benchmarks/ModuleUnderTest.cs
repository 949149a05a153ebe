namespace LlmOps.Benchmarks;

/// <summary>The built module that is measured.</summary>
internal static class ModuleUnderTest
{
    /// <summary>Its manifest: <c>LLMOPS_MODULE</c>, else the one of this checkout.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Manifest()
    {
        if (Environment.GetEnvironmentVariable("LLMOPS_MODULE") is { Length: > 0 } named) return named;
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(folder, "LlmOps.psd1"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("There is no LlmOps.psd1 above the benchmarks.");
        return Path.Join(folder, "LlmOps.psd1");
    }
}
