using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LlmOps.Package.Tests;

/// <summary>The module as the build made it, imported as a user does.</summary>
internal static class BuiltModule
{
    /// <summary>The folder with LlmOps.psd1.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The manifest. Fails if the module has not been built.</summary>
    public static string Manifest => File.Exists(Path.Join(Root, "module", "bin", "LlmOps.dll")) && Directory.Exists(Path.Join(Root, "en-US"))
        ? Path.Join(Root, "LlmOps.psd1")
        : throw new Xunit.Sdk.XunitException("The module is not built. Run: ./build.sh build");

    /// <summary>A session of its own with the module imported.</summary>
    public static Runspace Open()
    {
        var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        Run(runspace, "param($Manifest) Import-Module $Manifest -ErrorAction Stop", ("Manifest", Manifest));
        return runspace;
    }

    /// <summary>Runs a script; an error fails the test.</summary>
    public static IReadOnlyList<PSObject> Run(Runspace runspace, string script, params (string Name, object Value)[] parameters)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script);
        foreach (var (name, value) in parameters) shell.AddParameter(name, value);
        var output = shell.Invoke();
        return shell.HadErrors ? throw new Xunit.Sdk.XunitException(string.Join(Environment.NewLine, shell.Streams.Error)) : [.. output];
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Join(folder, "LlmOps.psd1"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("There is no LlmOps.psd1 above the tests.");
    }
}
