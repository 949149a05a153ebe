using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Asks for a line.</summary>
[Cmdlet(VerbsCommunications.Read, "Host")]
[OutputType(typeof(string), typeof(System.Security.SecureString))]
public sealed class ReadHostCommand : PSCmdlet
{
    /// <summary>What to ask.</summary>
    [Parameter(Position = 0)]
    public string? Prompt { get; set; }

    /// <summary>Does not show the answer.</summary>
    [Parameter]
    public SwitchParameter AsSecureString { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!string.IsNullOrEmpty(Prompt)) Host.UI.Write(Prompt + ": ");
        WriteObject(AsSecureString ? Host.UI.ReadLineAsSecureString() : Host.UI.ReadLine());
    }
}
