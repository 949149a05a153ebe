using LlmOps.Gpus;

namespace LlmOps.Preflight.Checks;

/// <summary>How the GPUs exchange data: NVLink, its switches, and reading each other's memory (P2P).</summary>
internal sealed class LinkCheck : IRigCheck
{
    private static readonly string[] Linked = ["SXM", "HBM3", "H200", "B200", "B300", "H20", "GH200", "GB200"];

    public string Name => "Links";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.Gpus.Count < 2) return null;
        var matrix = await survey.AskAsync("nvidia-smi", ["topo", "-m"], cancel).ConfigureAwait(false);
        if (matrix?.Exit.Code != 0) return null;
        var reads = await survey.AskAsync("nvidia-smi", ["topo", "-p2p", "r"], cancel).ConfigureAwait(false);
        var evidence = $"$ nvidia-smi topo -m\n{matrix.Output}\n$ nvidia-smi topo -p2p r\n{reads?.Output}\n{string.Join('\n', survey.Gpus.Select(gpu => gpu.Evidence("fabric")))}";
        if (survey.Gpus.FirstOrDefault(gpu => gpu.FabricState is { } state && state is not ("Completed" or "N/A" or "Not Supported")) is { } waiting)
        {
            return Finding.Fail($"The NVSwitch fabric of GPU {waiting.Facts.Index} is not ready ({waiting.FabricState}): CUDA does not start.", evidence,
                "On the rig: sudo systemctl restart nvidia-fabricmanager (of the driver's own version), then run Test-GpuRig again.");
        }

        var topology = SmiTopology.Parse(matrix.Output);
        var pairs = survey.Gpus.SelectMany(gpu => survey.Gpus.Where(peer => peer.Facts.Index > gpu.Facts.Index).Select(peer => topology[gpu.Facts.Index, peer.Facts.Index])).OfType<string>().ToList();
        var words = string.Join(", ", pairs.GroupBy(path => path).Select(same => same.Key));
        if (pairs.Any(path => SmiTopology.NvLinks(path) == 0) && survey.Gpus.All(gpu => Linked.Any(gpu.Facts.Name.Contains)) && !survey.Gpus.Any(gpu => gpu.Facts.Name.Contains("PCIe", StringComparison.Ordinal)))
        {
            return Finding.Warn($"These GPUs are made for NVLink, and some are linked by {words} only: a model that is spread over them is slow.", evidence,
                "Look at 'nvidia-smi nvlink -s' on the rig; on a rented machine take another one.");
        }

        var peers = reads?.Exit.Code == 0 ? PeerAccess.Parse(reads.Output) : null;
        var access = peers switch { null => "", { All: true } => "; they read each other's memory", _ => $"; between some of them P2P is {string.Join(", ", peers.Refusals)}, so data go through the machine's memory" };
        return Finding.Pass($"{words}{access}.", evidence);
    }
}
