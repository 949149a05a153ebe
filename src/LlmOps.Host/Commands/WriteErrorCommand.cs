using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Writes an error; the script goes on.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    /// <summary>The text.</summary>
    [Parameter(ParameterSetName = "Message", Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string Message { get; set; } = "";

    /// <summary>An error that was caught.</summary>
    [Parameter(ParameterSetName = "ErrorRecord", Mandatory = true)]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>An exception that was caught.</summary>
    [Parameter(ParameterSetName = "Exception", Mandatory = true)]
    public Exception? Exception { get; set; }

    /// <summary>The error's id.</summary>
    [Parameter]
    public string ErrorId { get; set; } = "Microsoft.PowerShell.Commands.WriteErrorException";

    /// <summary>The error's category.</summary>
    [Parameter]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;

    /// <summary>What the error is about.</summary>
    [Parameter]
    public object? TargetObject { get; set; }

    /// <summary>What to do about it.</summary>
    [Parameter]
    public string? RecommendedAction { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var record = ErrorRecord ?? new ErrorRecord(Exception ?? new InvalidOperationException(Message), ErrorId, Category, TargetObject);
        if (RecommendedAction is not null) record.ErrorDetails = new ErrorDetails(record.ToString()) { RecommendedAction = RecommendedAction };
        WriteError(record);
    }
}
