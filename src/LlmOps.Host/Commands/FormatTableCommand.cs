using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace LlmOps.Host.Commands;

/// <summary>Formats objects as a table.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Takes the engine's own formatter.</summary>
    public FormatTableCommand() => EngineParts.Shape(this, "Table");
}
