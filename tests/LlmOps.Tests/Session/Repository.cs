using System.Runtime.CompilerServices;

namespace LlmOps.Tests;

/// <summary>Where the files of this repository are while its tests run.</summary>
public static class Repository
{
    /// <summary>The folder with LlmOps.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory) ?? Find(SourceFolder())
        ?? throw new DirectoryNotFoundException("The tests run outside the repository: no LlmOps.sln above them.");

    /// <summary>The views.</summary>
    public static string FormatFile => PathOf("module", "LlmOps.Format.ps1xml");

    /// <summary>The members that are added to types.</summary>
    public static string TypesFile => PathOf("module", "LlmOps.Types.ps1xml");

    /// <summary>A file or folder of the repository.</summary>
    /// <param name="parts">The way to it from the root.</param>
    public static string PathOf(params string[] parts) => Path.Join([Root, .. parts]);

    private static string? Find(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Join(folder, "LlmOps.sln"))) folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path);
}
