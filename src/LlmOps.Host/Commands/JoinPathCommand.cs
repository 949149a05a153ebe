using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Joins the parts of a path.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PSCmdlet
{
    /// <summary>The beginning.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>What comes after it.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [AllowEmptyString]
    public string[] ChildPath { get; set; } = [];

    /// <summary>What comes after that.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] AdditionalChildPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path) WriteObject(ChildPath.Concat(AdditionalChildPath).Aggregate(path, (whole, part) => SessionState.Path.Combine(whole, part)));
    }
}
