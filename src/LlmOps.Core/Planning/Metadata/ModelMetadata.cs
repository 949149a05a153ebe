namespace LlmOps.Planning;

/// <summary>What is known of a model without its weights.</summary>
public sealed record ModelMetadata
{
    /// <summary>The repository, or the folder or file.</summary>
    public required string Name { get; init; }

    /// <summary>The commit, if it is a repository.</summary>
    public string? Commit { get; init; }

    /// <summary>What decides how much memory it takes.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>The bytes of all weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Where the bytes are from: <c>files</c>, or <c>config</c> where no file tells them.</summary>
    public required string WeightSource { get; init; }

    /// <summary>True for a GGUF file: llama.cpp serves it.</summary>
    public bool IsGguf { get; init; }

    /// <summary>The quantization for people: <c>awq</c>, <c>Q4_K_M</c>, or the type of the weights.</summary>
    public string Quantization => GgufQuantization ?? Architecture.Quantization?.Method ?? Architecture.DType;

    /// <summary>The quantization of a GGUF file, or null.</summary>
    public string? GgufQuantization { get; init; }
}
