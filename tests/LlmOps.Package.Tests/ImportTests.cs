using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LlmOps.Package.Tests;

/// <summary>Importing is silent, can be repeated, and can be undone.</summary>
public sealed class ImportTests
{
    private const string CountCommands = "(Get-Module LlmOps).ExportedCommands.Count";

    [Fact]
    public void The_manifest_is_valid_and_exports_what_it_says()
    {
        using var runspace = BuiltModule.Open();
        var module = (PSModuleInfo)BuiltModule.Run(runspace, "param($Manifest) Test-ModuleManifest $Manifest", ("Manifest", BuiltModule.Manifest)).Single().BaseObject;
        Assert.Equal("LlmOps", module.Name);
        var loaded = (PSModuleInfo)BuiltModule.Run(runspace, "Get-Module LlmOps").Single().BaseObject;
        Assert.Equal(module.Version, loaded.Version);
        Assert.Equal(module.ExportedCmdlets.Keys.Order(), loaded.ExportedCmdlets.Keys.Order());
    }

    [Fact]
    public void Importing_says_nothing_and_writes_nothing()
    {
        var home = Path.Join(Path.GetTempPath(), "llmops-import-" + Guid.NewGuid().ToString("N"));
        var before = Environment.GetEnvironmentVariable("LLMOPS_HOME");
        Environment.SetEnvironmentVariable("LLMOPS_HOME", home);
        try
        {
            using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
            runspace.Open();
            using var shell = PowerShell.Create(runspace);
            var output = shell.AddCommand("Import-Module").AddArgument(BuiltModule.Manifest).Invoke();
            Assert.Empty(output);
            Assert.Empty(shell.Streams.Error);
            Assert.Empty(shell.Streams.Warning);
            Assert.Empty(shell.Streams.Information);
            Assert.False(Directory.Exists(home));
        }
        finally
        {
            Environment.SetEnvironmentVariable("LLMOPS_HOME", before);
        }
    }

    [Theory]
    [InlineData("param($Manifest) Import-Module $Manifest -Force")]
    [InlineData("param($Manifest) Remove-Module LlmOps; Import-Module $Manifest")]
    public void It_can_be_imported_again(string again)
    {
        using var runspace = BuiltModule.Open();
        var before = BuiltModule.Run(runspace, CountCommands).Single().BaseObject;
        BuiltModule.Run(runspace, again, ("Manifest", BuiltModule.Manifest));
        Assert.Equal(before, BuiltModule.Run(runspace, CountCommands).Single().BaseObject);
        Assert.Equal("GpuRig", BuiltModule.Run(runspace, "[LlmOps.Rigs.GpuRig].Name").Single().BaseObject);
    }

    [Fact]
    public void It_can_be_removed()
    {
        using var runspace = BuiltModule.Open();
        BuiltModule.Run(runspace, "Remove-Module LlmOps");
        Assert.Empty(BuiltModule.Run(runspace, "Get-Module LlmOps"));
    }
}
