using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace LlmOps.Host.Commands;

/// <summary>Formats objects as a list of their properties.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Takes the engine's own formatter.</summary>
    public FormatListCommand() => EngineParts.Shape(this, "List");
}
