namespace LlmOps.Hub;

/// <summary>
/// Chooses between the forms in which a repository holds the same model, as vLLM does when it loads one: safetensors, else the maker's
/// consolidated files, else <c>pytorch_model.bin</c>, with all configs and tokenizers; of GGUF one quantization. Only what is known to be a
/// second copy is left out. Datasets, spaces and pipelines of diffusers are taken whole.
/// </summary>
internal sealed class WeightChoice
{
    private const string PipelineIndex = "model_index.json";

    private static readonly WeightFormat[] Preferred = [WeightFormat.Safetensors, WeightFormat.Consolidated, WeightFormat.PyTorch];

    private readonly HubRepo _repo;
    private readonly List<(HubFile File, ModelFileTraits Traits)> _files;
    private readonly WeightFormat? _main;
    private readonly HashSet<string> _foldersWithSafetensors;

    public WeightChoice(HubRepo repo, IEnumerable<HubFile> files)
    {
        _repo = repo;
        _files = [.. files.Select(file => (file, ModelFileTraits.Of(file.Path)))];
        _main = Preferred.Cast<WeightFormat?>().FirstOrDefault(format => _files.Any(item => item.Traits.Format == format && item.Traits.Kind == ModelFileKind.Weights));
        _foldersWithSafetensors = [.. _files.Where(item => item.Traits.Format == WeightFormat.Safetensors).Select(item => SetOf(item.File.Path))];
    }

    /// <summary>The GGUF quantizations with their sizes in bytes, in the order of their sizes.</summary>
    public IReadOnlyList<LeftOutFiles> Quantizations =>
        [.. _files.Where(item => item.Traits.Quantization is not null).GroupBy(item => item.Traits.Quantization!, StringComparer.OrdinalIgnoreCase)
            .Select(group => new LeftOutFiles(group.Key, group.Count(), group.Sum(item => item.File.Size))).OrderBy(group => group.Size)];

    /// <summary>The files that are fetched when nothing is said; of several quantizations none is.</summary>
    public IReadOnlyList<HubFile> Defaults =>
        IsWhole || _main is not null || Quantizations.Count < 2 ? Choose(null).Files : [.. _files.Where(item => item.Traits.Format == WeightFormat.Common).Select(item => item.File)];

    private string Known => string.Join(", ", Quantizations.Select(known => $"{known.What} ({ByteText.Of(known.Size)})"));

    private string Suggested => (Quantizations.FirstOrDefault(known => known.What.EndsWith("Q4_K_M", StringComparison.OrdinalIgnoreCase)) ?? Quantizations[Quantizations.Count / 2]).What;

    private bool IsWhole => _repo.Type != HubRepoType.Model || _files.Any(item => item.File.Path == PipelineIndex);

    /// <summary>The files to fetch.</summary>
    /// <param name="quantization">The GGUF quantization that is wanted, or null.</param>
    /// <exception cref="LlmOpsException"><c>QuantizationNotFound</c>; <c>QuantizationNeeded</c> if there are several and none is named.</exception>
    public FileChoice Choose(string? quantization)
    {
        if (quantization is not null) return ChooseGguf(Quantizations.FirstOrDefault(known => known.What.Equals(quantization, StringComparison.OrdinalIgnoreCase))?.What
            ?? throw HubErrors.QuantizationNotFound(_repo, quantization, Quantizations.Count == 0 ? null : Known));
        if (IsWhole) return new FileChoice([.. _files.Select(item => item.File)], []);
        if (_main is not null || Quantizations.Count == 0) return Split(item => IsSecondCopy(item.File.Path, item.Traits) ? item.Traits : null);
        return Quantizations is [var only] ? ChooseGguf(only.What) : throw HubErrors.QuantizationNeeded(_repo, Known, Suggested);
    }

    private FileChoice ChooseGguf(string quantization)
    {
        // Full precision is too large for what it adds, and F16 runs everywhere.
        var projector = _files.Where(item => ModelFileTraits.IsProjector(item.File.Path)).Select(item => item.File.Path)
            .OrderBy(path => path.Contains("bf16", StringComparison.OrdinalIgnoreCase) ? 1 : path.Contains("f32", StringComparison.OrdinalIgnoreCase) ? 2 : 0).FirstOrDefault();
        return Split(item => item.Traits.Format switch
        {
            WeightFormat.Common => null,
            WeightFormat.Gguf when item.Traits.Quantization is { } found => found.Equals(quantization, StringComparison.OrdinalIgnoreCase) ? null : item.Traits,
            WeightFormat.Gguf when item.File.Path == projector => null,
            _ => item.Traits,
        });
    }

    private bool IsSecondCopy(string path, ModelFileTraits traits) => traits.Format switch
    {
        _ when _main is null => false,
        WeightFormat.Common or WeightFormat.Safetensors => false,
        WeightFormat.Consolidated => _main != WeightFormat.Consolidated,
        // A part that comes in one form only, such as 2_Dense/pytorch_model.bin, is needed.
        WeightFormat.PyTorch => _main == WeightFormat.Consolidated || _foldersWithSafetensors.Contains(SetOf(path)),
        WeightFormat.Original => _files.Any(item => item.Traits is { Format: WeightFormat.Original, Kind: ModelFileKind.Weights }),
        _ => true,
    };

    /// <summary>Files of one folder hold the same weights; an adapter is something else than its model.</summary>
    private static string SetOf(string path)
    {
        var slash = path.LastIndexOf('/') + 1;
        return path[..slash] + (path.AsSpan(slash).StartsWith("adapter_", StringComparison.OrdinalIgnoreCase) ? "adapter" : "model");
    }

    private FileChoice Split(Func<(HubFile File, ModelFileTraits Traits), ModelFileTraits?> leave)
    {
        var left = _files.Select(item => (item.File, Traits: leave(item))).ToList();
        return new FileChoice(
            [.. left.Where(item => item.Traits is null).Select(item => item.File)],
            [.. left.Where(item => item.Traits is not null).GroupBy(item => NameOf(item.File.Path, item.Traits!), StringComparer.OrdinalIgnoreCase)
                .Select(group => new LeftOutFiles(group.Key, group.Count(), group.Sum(item => item.File.Size))).OrderByDescending(group => group.Size)]);
    }

    private static string NameOf(string path, ModelFileTraits traits) => traits.Format switch
    {
        WeightFormat.Original => path[..(path.IndexOf('/') + 1)],
        WeightFormat.Gguf => traits.Quantization is { } name ? $"GGUF {name}" : "GGUF projectors",
        WeightFormat.Consolidated => "consolidated",
        WeightFormat.TrainingState => "training state",
        WeightFormat.ImportanceMatrix => "importance matrix",
        WeightFormat.OpenVino => "OpenVINO",
        WeightFormat.Onnx => "ONNX",
        WeightFormat.CoreMl => "Core ML",
        _ => traits.Format.ToString(),
    };
}
