using System.Xml;
using LlmOps.Processes;

namespace LlmOps.Gpus;

/// <summary>Reads NVIDIA GPUs through <c>nvidia-smi</c>: two processes a sample, started together.</summary>
/// <param name="time">The clock.</param>
internal sealed class NvidiaSmi(TimeProvider time) : IGpuTool
{
    private const string Program = "nvidia-smi";
    private const string Format = "--format=csv,noheader,nounits";

    private static readonly string[] GpuQuery = ["--query-gpu=" + string.Join(',', NvidiaSample.GpuFields), Format];
    private static readonly string[] ProcessQuery = ["--query-compute-apps=" + string.Join(',', NvidiaSample.ProcessFields), Format];
    private static readonly string[] LogQuery = ["-q", "-x"];

    /// <summary>MIG was on in the last sample: its memory and processes per instance are only in the XML.</summary>
    private volatile bool _mig;

    public async Task<IReadOnlyList<GpuMemory>> SampleAsync(TimeSpan limit, CancellationToken cancel)
    {
        var mig = _mig;
        var gpuRun = RunAsync(GpuQuery, limit, cancel);
        var detailRun = RunAsync(mig ? LogQuery : ProcessQuery, limit, cancel);
        await Task.WhenAll(gpuRun, detailRun).ConfigureAwait(false);
        var gpus = await gpuRun.ConfigureAwait(false);
        var detail = await detailRun.ConfigureAwait(false);
        var rows = NvidiaSample.Rows(gpus.Output);
        if (rows.Count == 0) throw NvidiaFailure.Of(gpus);
        _mig = NvidiaSample.HasMig(rows);
        if (_mig && !mig) detail = await RunAsync(LogQuery, limit, cancel).ConfigureAwait(false);
        var log = _mig ? ParseLog(detail) : null;
        var processes = NvidiaSample.Processes(mig || _mig ? "" : detail.Output);
        var now = time.GetUtcNow();
        return [.. rows.Select(row => NvidiaSample.Gpu(row, processes, log?.Gpus.FirstOrDefault(gpu => gpu.Facts.Uuid == row["uuid"]), SystemMemory.Read, now))];
    }

    /// <summary>Everything that <c>nvidia-smi -q -x</c> says.</summary>
    public async Task<SmiLog> ReadLogAsync(TimeSpan limit, CancellationToken cancel) =>
        ParseLog(await RunAsync(LogQuery, limit, cancel).ConfigureAwait(false));

    /// <summary>The same, with the document itself.</summary>
    public async Task<(SmiLog Log, string Text)> ReadLogTextAsync(TimeSpan limit, CancellationToken cancel)
    {
        var run = await RunAsync(LogQuery, limit, cancel).ConfigureAwait(false);
        return (ParseLog(run), run.Output);
    }

    /// <summary>How the GPUs are linked: <c>nvidia-smi topo -m</c>.</summary>
    public async Task<SmiTopology> ReadTopologyAsync(TimeSpan limit, CancellationToken cancel) =>
        SmiTopology.Parse((await RunAsync(["topo", "-m"], limit, cancel).ConfigureAwait(false)).Output);

    /// <summary>The versions in the head of the table, for drivers whose XML lacks one.</summary>
    public async Task<SmiVersions> ReadVersionsAsync(TimeSpan limit, CancellationToken cancel) =>
        SmiVersions.Parse((await RunAsync([], limit, cancel).ConfigureAwait(false)).Output);

    /// <summary>The compute capability by uuid, such as <c>9.0</c>; the XML does not have it, and drivers before 510 do not know the field.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadComputeCapabilityAsync(TimeSpan limit, CancellationToken cancel)
    {
        var run = await RunAsync(["--query-gpu=uuid,compute_cap", Format], limit, cancel).ConfigureAwait(false);
        return new SmiCsv(["uuid", "compute_cap"], "compute_cap").Read(run.Output)
            .Where(row => SmiValue.Number(row["compute_cap"]) is not null)
            .DistinctBy(row => row["uuid"])
            .ToDictionary(row => row["uuid"]!, row => row["compute_cap"]!);
    }

    private static SmiLog ParseLog(ProgramOutput run)
    {
        try
        {
            return run.Exit.Code == 0 ? SmiXml.Parse(run.Output) : throw NvidiaFailure.Of(run);
        }
        catch (XmlException)
        {
            throw NvidiaFailure.Of(run);
        }
    }

    private async Task<ProgramOutput> RunAsync(string[] arguments, TimeSpan limit, CancellationToken cancel) =>
        await GpuToolRun.RunAsync(Program, arguments, limit, time, cancel).ConfigureAwait(false);
}
