using System.Management.Automation;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Says once in a warning that a rig is out of reach, and shows in a progress bar how long it is still waited for. Use it on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet that waits.</param>
internal sealed class OutageLine(Cmdlet cmdlet) : IOutageNotice
{
    private ProgressLine? _line;
    private long _began;

    /// <inheritdoc/>
    public void Lost(GpuRig rig, LlmOpsException failure)
    {
        if (_line is null)
        {
            _began = Services.Time.GetTimestamp();
            _line = new ProgressLine(cmdlet, $"Connecting to {rig.Name} again");
            cmdlet.WriteWarning($"The connection to rig '{rig.Name}' is lost. Connecting again, for up to {Services.Patience.TotalSeconds:0} s; what runs on the rig goes on.");
        }

        cmdlet.WriteVerbose(failure.Message);
        var passed = Services.Time.GetElapsedTime(_began);
        _line.Report(failure.Message, 100 * passed / Services.Patience, Services.Patience - passed);
    }

    /// <inheritdoc/>
    public void Over()
    {
        _line?.Dispose();
        _line = null;
    }
}
