namespace LlmOps.Simulator.Vllm;

/// <summary>What a flag of <c>vllm serve</c> takes.</summary>
internal enum FlagKind
{
    /// <summary>Nothing; most have a <c>--no-…</c> form.</summary>
    Switch,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Float,

    /// <summary>A length such as 32768, 32k (thousands) or 32K (1024s).</summary>
    Length,

    /// <summary>One or more texts.</summary>
    List,
}
