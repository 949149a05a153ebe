using System.Management.Automation;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Turns Core's failures into PowerShell's error records: id, category, target and recommended action.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord ToErrorRecord(this LlmOpsException failure) =>
        new(failure, failure.ErrorId, Enum.Parse<ErrorCategory>(failure.Kind.ToString()), failure.Target)
        {
            ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = failure.RecommendedAction },
        };

    /// <summary>The failure with its rig named, where its message does not name it already.</summary>
    public static LlmOpsException OnRig(this LlmOpsException failure, GpuRig rig) =>
        failure.Message.Contains(rig.Name, StringComparison.OrdinalIgnoreCase)
            ? failure
            : new LlmOpsException(failure.ErrorId, failure.Kind, $"Rig '{rig.Name}': {failure.Message}", failure.RecommendedAction, failure.Target ?? rig.Name, failure) { IsFromRig = failure.IsFromRig };
}
