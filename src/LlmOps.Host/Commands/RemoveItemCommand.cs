using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Removes files, folders and variables.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : PSCmdlet
{
    /// <summary>The paths.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The paths as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Removes what is in a folder too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Removes what is hidden or read-only too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == nameof(LiteralPath);
        foreach (var path in literal ? LiteralPath : Path)
        {
            if (!InvokeProvider.Item.Exists(path, Force, literal))
            {
                WriteError(new ErrorRecord(new ItemNotFoundException($"Cannot find path '{path}' because it does not exist."), "PathNotFound", ErrorCategory.ObjectNotFound, path));
            }
            else if (ShouldProcess(path))
            {
                InvokeProvider.Item.Remove([path], Recurse, Force, literal);
            }
        }
    }
}
