using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>What the path of a file says about it.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Format">Which form of the model it belongs to.</param>
/// <param name="Quantization">For GGUF its quantization, such as <c>Q4_K_M</c>, or the file's name if it names none; else null.</param>
internal sealed partial record ModelFileTraits(ModelFileKind Kind, WeightFormat Format, string? Quantization)
{
    /// <summary>Reads a path by the naming habits of the Hub's repositories.</summary>
    public static ModelFileTraits Of(string path)
    {
        var lower = path.ToLowerInvariant();
        var name = lower[(lower.LastIndexOf('/') + 1)..];
        var format = FormatOf(lower, name);
        return new ModelFileTraits(KindOf(name), format, format == WeightFormat.Gguf && !IsProjector(path) ? QuantizationOf(path) : null);
    }

    /// <summary>True for the part of a multimodal GGUF model that reads pictures or sound: it goes with any quantization.</summary>
    public static bool IsProjector(string path) => Projector().IsMatch(path);

    private static ModelFileKind KindOf(string name) =>
        Weights().IsMatch(name) ? ModelFileKind.Weights
        : Tokenizer().IsMatch(name) ? ModelFileKind.Tokenizer
        : Documentation().IsMatch(name) ? ModelFileKind.Documentation
        : Code().IsMatch(name) ? ModelFileKind.Code
        : Config().IsMatch(name) ? ModelFileKind.Config
        : ModelFileKind.Other;

    private static WeightFormat FormatOf(string path, string name) =>
        OriginalFolder().IsMatch(path) ? WeightFormat.Original
        : Training().IsMatch(path) ? WeightFormat.TrainingState
        : ImportanceMatrix().IsMatch(path) ? WeightFormat.ImportanceMatrix
        : name.EndsWith(".gguf", StringComparison.Ordinal) ? WeightFormat.Gguf
        : Consolidated().IsMatch(name) ? WeightFormat.Consolidated
        : OpenVino().IsMatch(path) ? WeightFormat.OpenVino
        : Onnx().IsMatch(path) ? WeightFormat.Onnx
        : CoreMl().IsMatch(path) ? WeightFormat.CoreMl
        : Safetensors().IsMatch(name) ? WeightFormat.Safetensors
        : PyTorch().IsMatch(name) ? WeightFormat.PyTorch
        : TensorFlow().IsMatch(name) ? WeightFormat.TensorFlow
        : Flax().IsMatch(name) ? WeightFormat.Flax
        : name == "rust_model.ot" ? WeightFormat.Rust
        : WeightFormat.Common;

    private static string QuantizationOf(string path)
    {
        var parts = path.Split('/');
        var stem = SplitPart().Replace(parts[^1][..^".gguf".Length], "");
        return parts.Prepend("").Take(parts.Length).Append(stem).Reverse().Select(Find).FirstOrDefault(found => found is not null) ?? stem;

        static string? Find(string text) => Quant().Matches(text) is [.., var last] ? last.Groups["name"].Value.ToUpperInvariant() : null;
    }

    [GeneratedRegex(@"(?:\A|[-._])(?<name>(?:ud-)?(?:i?q[0-9](?:_(?:k|xxs|xs|xl|nl|s|m|l|[0-9]))*|tq[0-9]_[0-9]|mxfp4(?:_moe)?|nvfp4|bf16|fp?16|fp?32))(?=\z|[-._])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quant();

    [GeneratedRegex(@"-[0-9]{5}-of-[0-9]{5}\z")]
    private static partial Regex SplitPart();

    [GeneratedRegex(@"(?:\A|/)[^/]*mmproj[^/]*\.gguf\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Projector();

    [GeneratedRegex(@"\A(?:original|metal)/")]
    private static partial Regex OriginalFolder();

    [GeneratedRegex(@"(?:\A|/)(?:global_step[0-9]+/|optimizer(?:\.|_[^/]*\.)(?:pt|bin|pth)\z|scheduler\.pt\z|scaler\.pt\z|rng_state[^/]*\.pth\z)")]
    private static partial Regex Training();

    [GeneratedRegex(@"(?:\A|/)imatrix[^/]*\z|[-._]imatrix(?:\.(?:dat|gguf|gguf_file))?\z")]
    private static partial Regex ImportanceMatrix();

    [GeneratedRegex(@"\Aconsolidated(?:[-.][^/]*)?\.(?:safetensors|pth|safetensors\.index\.json)\z")]
    private static partial Regex Consolidated();

    [GeneratedRegex(@"(?:\A|/)openvino/|(?:\A|/)openvino_[^/]*\.(?:xml|bin|json)\z")]
    private static partial Regex OpenVino();

    [GeneratedRegex(@"(?:\A|/)onnx/|\.onnx(?:[._]data[^/]*)?\z")]
    private static partial Regex Onnx();

    [GeneratedRegex(@"(?:\A|/)coreml/|\.mlpackage/|\.mlmodelc/|\.mlmodel\z")]
    private static partial Regex CoreMl();

    [GeneratedRegex(@"\.safetensors(?:\.index(?:\.[^.]+)?\.json)?\z")]
    private static partial Regex Safetensors();

    [GeneratedRegex(@"\A(?:pytorch_model[^/]*|adapter_model|model[^/]*)\.bin(?:\.index\.json)?\z")]
    private static partial Regex PyTorch();

    [GeneratedRegex(@"\.h5\z|\.h5\.index\.json\z|\.tflite\z|\Asaved_model\.pb\z|\.ckpt\.(?:index|meta|data-[^/]*)\z")]
    private static partial Regex TensorFlow();

    [GeneratedRegex(@"\.msgpack(?:\.index\.json)?\z")]
    private static partial Regex Flax();

    [GeneratedRegex(@"\.(?:safetensors|gguf|pth?|ckpt|h5|msgpack|ot|onnx|onnx[._]data[^/]*|tflite|pb|npz|nemo|engine|mlmodel|bin|data-[0-9]+-of-[0-9]+)\z|\.(?:safetensors|bin|h5|msgpack)\.index(?:\.[^.]+)?\.json\z")]
    private static partial Regex Weights();

    [GeneratedRegex(@"\A(?:tokenizer|special_tokens|added_tokens|vocab|merges|tekken|spiece|sentencepiece|chat_template|tiktoken|bpe)|\.(?:tiktoken|model|jinja|spm)\z")]
    private static partial Regex Tokenizer();

    [GeneratedRegex(@"\A(?:license|notice|readme|use_policy|usage_policy|changelog)|\.(?:md|pdf|png|jpe?g|gif|svg|webp|rst|html)\z")]
    private static partial Regex Documentation();

    [GeneratedRegex(@"\.(?:py|ipynb|sh|c|cc|cpp|cu|h|js|ts)\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\.(?:json|ya?ml|toml|cfg|ini|params)\z")]
    private static partial Regex Config();
}
