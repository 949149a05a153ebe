using System.Management.Automation;
using System.Security;

namespace LlmOps.Host.Commands;

/// <summary>Makes a secret of a text.</summary>
[Cmdlet(VerbsData.ConvertTo, "SecureString")]
[OutputType(typeof(SecureString))]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    /// <summary>The text.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string String { get; set; } = "";

    /// <summary>Says that the text is not encrypted; needed.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Accepted as PowerShell accepts it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var secret = new SecureString();
        foreach (var character in String) secret.AppendChar(character);
        secret.MakeReadOnly();
        WriteObject(secret);
    }
}
