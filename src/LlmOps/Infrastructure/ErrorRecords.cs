using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>Turns Core's failures into PowerShell's error records: id, category, target and recommended action.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord ToErrorRecord(this LlmOpsException failure) =>
        new(failure, failure.ErrorId, Enum.Parse<ErrorCategory>(failure.Kind.ToString()), failure.Target)
        {
            ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = failure.RecommendedAction },
        };
}
