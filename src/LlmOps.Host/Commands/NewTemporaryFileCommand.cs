using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Makes an empty file in the temporary folder.</summary>
[Cmdlet(VerbsCommon.New, "TemporaryFile", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewTemporaryFileCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ShouldProcess(Path.GetTempPath())) WriteObject(new FileInfo(Path.GetTempFileName()));
    }
}
