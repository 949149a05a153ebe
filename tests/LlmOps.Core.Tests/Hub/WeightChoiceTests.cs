using System.Globalization;

namespace LlmOps.Hub.Tests;

public sealed class WeightChoiceTests
{
    private static readonly string[] Tokenizers = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "README.md", "LICENSE", ".gitattributes"];

    public static TheoryData<string, string[], string[], string[]> Repositories => new()
    {
        {
            "Llama 3: original/ is the maker's own copy",
            ["model-00001-of-00004.safetensors", "model-00004-of-00004.safetensors", "model.safetensors.index.json", .. Tokenizers],
            ["original/consolidated.00.pth", "original/params.json", "original/tokenizer.model"], ["original/"]
        },
        {
            "Mistral: consolidated is the same model once more, its tokenizer is not",
            ["model-00001-of-00003.safetensors", "model.safetensors.index.json", "params.json", "tekken.json", "tokenizer.model.v3", .. Tokenizers],
            ["consolidated.safetensors"], ["consolidated"]
        },
        { "Mistral's large ones come consolidated only", ["consolidated-00001-of-00039.safetensors", "consolidated.safetensors.index.json", "params.json", "tekken.json"], [], [] },
        { "gpt-oss: original/ and metal/", ["model-00000-of-00002.safetensors", "chat_template.jinja", .. Tokenizers], ["original/model--00001-of-00007.safetensors", "original/config.json", "metal/model.bin"], ["original/", "metal/"] },
        {
            "bert: one model in eight forms",
            ["model.safetensors", "vocab.txt", .. Tokenizers],
            ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "rust_model.ot", "onnx/model.onnx", "onnx/model.onnx_data", "onnx/config.json", "openvino/openvino_model.bin", "openvino/openvino_model.xml", "coreml/fill-mask/float32_model.mlpackage/Data/com.apple.CoreML/weights/weight.bin"],
            ["PyTorch", "TensorFlow", "Flax", "Rust", "ONNX", "OpenVINO", "Core ML"]
        },
        { "an old one with .bin alone", ["pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json", .. Tokenizers], ["tf_model.h5", "flax_model.msgpack"], ["TensorFlow", "Flax"] },
        {
            "sentence-transformers: a part that comes as .bin only is needed",
            ["model.safetensors", "modules.json", "1_Pooling/config.json", "2_Dense/pytorch_model.bin", "2_Dense/config.json", "3_Dense/model.safetensors"],
            ["pytorch_model.bin", "3_Dense/pytorch_model.bin", "onnx/model_O4.onnx"], ["PyTorch", "ONNX"]
        },
        { "bge-m3: small .pt files belong to it", ["pytorch_model.bin", "colbert_linear.pt", "sparse_linear.pt", .. Tokenizers], ["onnx/model.onnx", "onnx/model.onnx_data"], ["ONNX"] },
        { "an adapter is not its model", ["adapter_model.safetensors", "adapter_config.json", "pytorch_model.bin"], ["adapter_model.bin"], ["PyTorch"] },
        { "a training's leftovers", ["model.safetensors", "trainer_state.json", .. Tokenizers], ["optimizer.pt", "scheduler.pt", "rng_state_0.pth", "global_step500/zero_pp_rank_0_mp_rank_00_optim_states.pt"], ["training state"] },
        { "AWQ with a GGUF beside it", ["model-00001-of-00002.safetensors", .. Tokenizers], ["model-q4_k_m.gguf"], ["GGUF Q4_K_M"] },
        {
            "diffusers are taken whole",
            ["model_index.json", "sd_xl_base_1.0.safetensors", "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin", "text_encoder/model.safetensors", "text_encoder/pytorch_model.bin", "vae/model.onnx", "text_encoder/flax_model.msgpack"], [], []
        },
        { "ONNX alone", ["onnx/model.onnx", "onnx/model_q4.onnx", .. Tokenizers], [], [] },
        { "the maker's own copy alone", ["original/consolidated.00.pth", "original/params.json"], [], [] },
        { "single-file models for other programs", ["flux1-dev.safetensors", "ae.safetensors", "README.md"], [], [] },
        { "no weights at all", [.. Tokenizers], [], [] },
        { "original/ without weights", ["model.safetensors", "original/notes.txt"], [], [] },
        { "GGUF with one quantization", ["qwen2.5-0.5b-instruct-q8_0.gguf", "README.md"], ["imatrix.dat"], ["importance matrix"] },
    };

    public static TheoryData<string, string, string[], string[]> Quantizations => new()
    {
        {
            "bartowski", "Q4_K_M", ["Llama-3.3-70B-Instruct-Q4_K_M.gguf", "README.md"],
            ["Llama-3.3-70B-Instruct-Q4_K_L.gguf", "Llama-3.3-70B-Instruct-Q4_K_S.gguf", "Llama-3.3-70B-Instruct-IQ4_XS.gguf", "Llama-3.3-70B-Instruct-Q8_0/Llama-3.3-70B-Instruct-Q8_0-00001-of-00002.gguf", "Llama-3.3-70B-Instruct.imatrix"]
        },
        {
            "bartowski, split", "q8_0", ["Llama-3.3-70B-Instruct-Q8_0/Llama-3.3-70B-Instruct-Q8_0-00001-of-00002.gguf", "Llama-3.3-70B-Instruct-Q8_0/Llama-3.3-70B-Instruct-Q8_0-00002-of-00002.gguf"],
            ["Llama-3.3-70B-Instruct-Q4_K_M.gguf", "Llama-3.3-70B-Instruct-f16/Llama-3.3-70B-Instruct-f16-00001-of-00004.gguf"]
        },
        {
            "unsloth, a folder each", "UD-Q4_K_XL", ["UD-Q4_K_XL/DeepSeek-R1-0528-UD-Q4_K_XL-00001-of-00008.gguf", "UD-Q4_K_XL/DeepSeek-R1-0528-UD-Q4_K_XL-00008-of-00008.gguf", "config.json"],
            ["Q4_K_M/DeepSeek-R1-0528-Q4_K_M-00001-of-00009.gguf", "UD-IQ1_S/DeepSeek-R1-0528-UD-IQ1_S-00001-of-00004.gguf", "BF16/DeepSeek-R1-0528-BF16-00001-of-00030.gguf", "imatrix_unsloth.gguf_file"]
        },
        { "the folder alone names it", "IQ2_XXS", ["IQ2_XXS/model-00001-of-00003.gguf", "IQ2_XXS/model-00002-of-00003.gguf"], ["Q2_K/model-00001-of-00003.gguf"] },
        { "Qwen, split and lower case", "Q4_K_M", ["qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf", "qwen2.5-7b-instruct-q4_k_m-00002-of-00002.gguf"], ["qwen2.5-7b-instruct-q4_0-00001-of-00002.gguf", "qwen2.5-7b-instruct-fp16-00001-of-00004.gguf"] },
        { "TheBloke", "Q5_K_S", ["llama-2-7b-chat.Q5_K_S.gguf", "config.json"], ["llama-2-7b-chat.Q5_K_M.gguf", "llama-2-7b-chat.Q5_0.gguf"] },
        { "a picture reader goes along once", "Q4_0", ["gemma-3-27b-it-q4_0.gguf", "mmproj-F16.gguf"], ["gemma-3-27b-it-q8_0.gguf", "mmproj-BF16.gguf", "mmproj-F32.gguf"] },
        { "mxfp4", "MXFP4", ["gpt-oss-20b-mxfp4.gguf"], ["gpt-oss-20b-F16.gguf"] },
        { "GGUF beside safetensors", "Q8_0", ["config.json", "m-Q8_0.gguf"], ["model.safetensors", "m-Q4_0.gguf"] },
        { "a file that names no quantization", "tiny", ["tiny.gguf"], ["tiny-Q4_0.gguf"] },
    };

    [Theory]
    [MemberData(nameof(Repositories))]
    public void One_form_is_taken_with_all_that_belongs_to_it(string why, string[] taken, string[] left, string[] names)
    {
        var choice = Choice([.. taken, .. left]).Choose(null);
        Assert.True(taken.Order(StringComparer.Ordinal).SequenceEqual(choice.Files.Select(file => file.Path).Order(StringComparer.Ordinal)), $"{why}: {string.Join(' ', choice.Files.Select(file => file.Path))}");
        Assert.Equal(names.Order(), choice.LeftOut.Select(group => group.What).Order());
        Assert.Equal(left.Length, choice.LeftOut.Sum(group => group.FileCount));
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void A_quantization_is_taken_with_all_its_parts_and_nothing_of_the_others(string why, string quantization, string[] taken, string[] left)
    {
        var choice = Choice([.. taken, .. left]).Choose(quantization);
        Assert.True(taken.Order(StringComparer.Ordinal).SequenceEqual(choice.Files.Select(file => file.Path).Order(StringComparer.Ordinal)), $"{why}: {string.Join(' ', choice.Files.Select(file => file.Path))}");
    }

    [Fact]
    public void Several_quantizations_and_none_named_is_an_error_that_lists_them_with_sizes()
    {
        var files = new[] { File("m-Q8_0.gguf", 8_000_000_000), File("m-Q4_K_M-00001-of-00002.gguf", 2_000_000_000), File("m-Q4_K_M-00002-of-00002.gguf", 2_500_000_000) };
        var failure = Assert.Throws<LlmOpsException>(() => new WeightChoice(HubRepo.Parse(HubRepoType.Model, "acme/m-GGUF"), files).Choose(null));
        Assert.Equal("QuantizationNeeded", failure.ErrorId);
        Assert.Contains(string.Create(CultureInfo.CurrentCulture, $"Q4_K_M ({4.5:0.0} GB), Q8_0 ({8.0:0.0} GB)"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("-Quantization Q4_K_M", failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantization_that_is_not_there_is_an_error_that_lists_those_that_are()
    {
        Assert.Contains("Q8_0", Assert.Throws<LlmOpsException>(() => Choice("m-Q8_0.gguf").Choose("Q2_K")).Message, StringComparison.Ordinal);
        var none = Assert.Throws<LlmOpsException>(() => Choice("model.safetensors").Choose("Q2_K"));
        Assert.Equal("QuantizationNotFound", none.ErrorId);
        Assert.Contains("no GGUF", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Datasets_and_spaces_are_taken_whole()
    {
        var choice = new WeightChoice(HubRepo.Parse(HubRepoType.Dataset, "acme/data"), [File("a-Q4_0.gguf", 1), File("b-Q8_0.gguf", 1), File("model.safetensors", 1), File("pytorch_model.bin", 1)]).Choose(null);
        Assert.Equal(4, choice.Files.Count);
    }

    [Fact]
    public void Any_names_are_sorted_into_taken_and_left_and_none_is_lost()
    {
        var random = new Random(5);
        string[] pieces = ["original/", "onnx/", "model", "pytorch_model", "consolidated", ".safetensors", ".bin", ".gguf", "-Q4_K_M", "mmproj", "-00001-of-00002", ".", "/", "é", "imatrix", ".index.json", "\n", "optimizer.pt"];
        for (var round = 0; round < 2000; round++)
        {
            var files = Enumerable.Range(0, random.Next(12)).Select(_ => File(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => pieces[random.Next(pieces.Length)])), random.Next(100))).ToList();
            try
            {
                var choice = new WeightChoice(HubRepo.Parse(HubRepoType.Model, "a/b"), files).Choose(random.Next(2) == 0 ? null : "Q4_K_M");
                Assert.Equal(files.Count, choice.Files.Count + choice.LeftOut.Sum(group => group.FileCount));
            }
            catch (LlmOpsException named)
            {
                Assert.StartsWith("Quantization", named.ErrorId, StringComparison.Ordinal);
            }
        }
    }

    private static WeightChoice Choice(params string[] paths) => new(HubRepo.Parse(HubRepoType.Model, "acme/model"), paths.Select(path => File(path, 10)));

    private static HubFile File(string path, long size) => new(path, size, new string('a', 40));
}
