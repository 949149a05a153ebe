namespace LlmOps.Gpus;

/// <summary>How a GPU deals with 8-bit or 4-bit floating point.</summary>
public enum LowPrecision
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Weights may be stored so; a kernel such as Marlin widens them for the multiplication.</summary>
    WeightOnly,

    /// <summary>Its tensor cores multiply it.</summary>
    Native,
}
