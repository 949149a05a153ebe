namespace LlmOps.Testing;

/// <summary>Where the module lies that <c>build.sh build</c> made.</summary>
internal static class BuiltModule
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of the assemblies, the agents and the simulator.</summary>
    public static string Bin { get; } = Path.Join(Root, "module", "bin");

    /// <summary>The agents.</summary>
    public static string Agents =>
        Directory.Exists(Path.Join(Bin, "agent")) ? Path.Join(Bin, "agent") : throw new InvalidOperationException("The module is not built. Run ./build.sh build first.");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(folder, "LlmOps.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder;
    }
}
