namespace LlmOps.Hub;

/// <summary>What a file of a repository is for.</summary>
public enum ModelFileKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The model's numbers, or an index of them.</summary>
    Weights,

    /// <summary>What turns text into tokens and back, chat templates included.</summary>
    Tokenizer,

    /// <summary>How the model is built and run.</summary>
    Config,

    /// <summary>A program.</summary>
    Code,

    /// <summary>A text or a picture for people.</summary>
    Documentation,
}
