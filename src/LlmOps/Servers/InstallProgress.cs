using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;

namespace LlmOps.Servers;

/// <summary>Shows the installation of an engine in a progress bar, step by step.</summary>
internal static class InstallProgress
{
    public static ValueTask ShowInstall(this ProgressLine line, EngineInstallProgress progress)
    {
        line.Report(progress.Step, 100.0 * (progress.Number - 1) / progress.Count, operation: progress.Detail);
        return ValueTask.CompletedTask;
    }
}
