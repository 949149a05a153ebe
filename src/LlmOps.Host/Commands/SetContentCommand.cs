using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Writes lines to a file.</summary>
[Cmdlet(VerbsCommon.Set, "Content", SupportsShouldProcess = true)]
public sealed class SetContentCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The file.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("LiteralPath")]
    public string Path { get; set; } = "";

    /// <summary>The lines.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public object[] Value { get; set; } = [];

    /// <summary>Does not end the last line.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _lines.AddRange(Value.Select(line => line?.ToString() ?? ""));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        if (ShouldProcess(file)) File.WriteAllText(file, NoNewline ? string.Concat(_lines) : string.Concat(_lines.Select(line => line + Environment.NewLine)));
    }
}
