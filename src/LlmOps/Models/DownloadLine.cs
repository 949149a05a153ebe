using System.Management.Automation;
using LlmOps.Hub;
using LlmOps.Infrastructure;

namespace LlmOps.Models;

/// <summary>The progress bar of a download: bytes, files, rate and time left; and its remarks as verbose lines. Reports come from any thread and are shown on the pipeline thread that made it.</summary>
internal sealed class DownloadLine(Cmdlet cmdlet, string name) : IProgress<DownloadProgress>, IDisposable
{
    private readonly ProgressLine _line = new(cmdlet, $"Getting {name}");
    private readonly SynchronizationContext? _pipeline = SynchronizationContext.Current;
    private int _remarks;
    private bool _over;

    public void Report(DownloadProgress value)
    {
        if (_pipeline is null) Show(value);
        else _pipeline.Post(_ => Show(value), null);
    }

    public void Show(DownloadProgress progress)
    {
        if (_over) return;
        for (; _remarks < progress.Remarks.Count; _remarks++) cmdlet.WriteVerbose($"{name}: {progress.Remarks[_remarks]}");
        var bytes = $"{ByteText.Of(progress.BytesDone)} of {ByteText.Of(progress.BytesTotal)}, {progress.FilesDone} of {progress.FilesTotal} files";
        var status = progress.Phase switch
        {
            DownloadPhase.Listing => "Asking the Hub",
            DownloadPhase.Waiting => $"Waiting for another process that fetches it: {bytes}",
            DownloadPhase.Verifying => $"Verifying: {bytes}",
            _ when progress.BytesPerSecond > 0 => $"{bytes}, {ByteText.Of(progress.BytesPerSecond)}/s",
            _ => bytes,
        };
        _line.Report(status, progress.BytesTotal > 0 ? 100.0 * progress.BytesDone / progress.BytesTotal : null, progress.Remaining);
    }

    public void Dispose()
    {
        _over = true;
        _line.Dispose();
    }
}
