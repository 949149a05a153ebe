using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Says whether something is at a path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : PSCmdlet
{
    /// <summary>The paths; wildcards allowed.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The paths as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path) WriteObject(InvokeProvider.Item.Exists(path, force: false, literalPath: false));
        foreach (var path in LiteralPath) WriteObject(InvokeProvider.Item.Exists(path, force: false, literalPath: true));
    }
}
