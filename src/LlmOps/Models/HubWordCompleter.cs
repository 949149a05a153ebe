using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Infrastructure;

namespace LlmOps.Models;

/// <summary>Completes the words that models on the Hub are sorted by: tasks, libraries, quantizations. Others may be typed too.</summary>
public sealed class HubWordCompleter : IArgumentCompleter
{
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(FindHfModelCommand.Task)] = ["text-generation", "image-text-to-text", "feature-extraction", "sentence-similarity", "text-ranking", "text-classification", "automatic-speech-recognition", "text-to-speech", "text-to-image", "image-to-image", "text-to-video", "any-to-any"],
        [nameof(FindHfModelCommand.Library)] = ["transformers", "diffusers", "sentence-transformers", "gguf", "mlx", "onnx", "peft", "vllm"],
        [nameof(FindHfModelCommand.Quantization)] = ["awq", "gptq", "fp8", "gguf", "nvfp4", "mxfp4", "bitsandbytes", "compressed-tensors", "4-bit", "8-bit", "exl2", "mlx"],
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompletion.Complete(wordToComplete, Words.GetValueOrDefault(parameterName, []).Select(word => (word, "")));
}
