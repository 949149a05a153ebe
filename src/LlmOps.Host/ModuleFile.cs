namespace LlmOps.Host;

/// <summary>Finds the module to import.</summary>
internal static class ModuleFile
{
    /// <summary>The manifest that <c>LLMOPS_MODULE</c> names, else the one beside or above this program, else above the current folder; null if there is none.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("LLMOPS_MODULE") is { Length: > 0 } named ? named : Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory);

    private static string? Above(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Join(folder, "LlmOps.psd1");
            if (File.Exists(file)) return file;
        }

        return null;
    }
}
