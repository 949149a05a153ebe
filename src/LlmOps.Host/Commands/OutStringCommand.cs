using System.Globalization;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace LlmOps.Host.Commands;

/// <summary>Turns objects into the text that the screen would show.</summary>
[Cmdlet("Out", "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new(CultureInfo.CurrentCulture);

    /// <summary>How many columns there are.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        EngineParts.WriteTo(this, _text, Width);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        WriteObject(_text.ToString());
    }
}
