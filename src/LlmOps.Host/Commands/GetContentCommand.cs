using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Reads the lines of files.</summary>
[Cmdlet(VerbsCommon.Get, "Content")]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PSCmdlet
{
    /// <summary>The files.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("LiteralPath")]
    public string[] Path { get; set; } = [];

    /// <summary>Writes each file as one text.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>How many lines from the end.</summary>
    [Parameter]
    public int Tail { get; set; } = -1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var file in Path.SelectMany(path => GetResolvedProviderPathFromPSPath(path, out _)))
        {
            if (Raw) WriteObject(File.ReadAllText(file));
            else WriteObject(Tail >= 0 ? File.ReadLines(file).TakeLast(Tail) : File.ReadLines(file), enumerateCollection: true);
        }
    }
}
