namespace LlmOps.Planning;

/// <summary>What is to be planned on a rig: the rig knows its GPUs, and finds the model in its folders, its cache or by its own way to the Hub.</summary>
public sealed record FitArgs
{
    /// <summary>The model: a repository, or a folder or GGUF file of the rig.</summary>
    public required string Model { get; init; }

    /// <summary>What it is called; null for <see cref="Model"/>.</summary>
    public string? Title { get; init; }

    /// <summary>The revision of a repository.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Of several GGUF files, which.</summary>
    public string? Quantization { get; init; }

    /// <summary>The token for the Hub, or null for the rig's own. It travels inside the encrypted channel and is kept nowhere.</summary>
    public string? Token { get; init; }

    /// <summary>What is asked of the model.</summary>
    public required FitRequest Request { get; init; }

    /// <summary>True to spread the layers over all GPUs if no size is asked for, as a server does; false to look for the best sizes.</summary>
    public bool TakesAllGpus { get; init; }

    /// <summary>True to look on the Hub for a quantization that fits, where the model does not.</summary>
    public bool LooksForOthers { get; init; }

    /// <summary>What engines have printed before about the model.</summary>
    public IReadOnlyList<EngineMeasurement> Measurements { get; init; } = [];

    /// <summary>The model; nothing secret.</summary>
    public override string ToString() => Title ?? Model;
}
