using System.Globalization;
using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>The date and time now.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateCommand : PSCmdlet
{
    /// <summary>How to write it, in .NET's letters; as an object if left out.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>In Coordinated Universal Time.</summary>
    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var now = AsUTC ? DateTime.UtcNow : DateTime.Now;
        WriteObject(Format is null ? now : now.ToString(Format, CultureInfo.CurrentCulture));
    }
}
