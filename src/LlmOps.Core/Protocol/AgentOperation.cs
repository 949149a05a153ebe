using System.Text.Json.Serialization.Metadata;

namespace LlmOps.Protocol;

/// <summary>One operation of the agent: its name and the types of what it takes, reports and returns.</summary>
/// <typeparam name="TArgs">What it takes.</typeparam>
/// <typeparam name="TEvent">What it reports while it runs; <see cref="Nothing"/> if it reports nothing.</typeparam>
/// <typeparam name="TResult">What it returns; <see cref="Nothing"/> if it returns nothing.</typeparam>
/// <param name="Name">The name on the wire, such as <c>gpu.memory</c>.</param>
/// <param name="Args">How the arguments are serialised.</param>
/// <param name="Event">How an event is serialised.</param>
/// <param name="Result">How the result is serialised.</param>
public sealed record AgentOperation<TArgs, TEvent, TResult>(string Name, JsonTypeInfo<TArgs> Args, JsonTypeInfo<TEvent> Event, JsonTypeInfo<TResult> Result);

/// <summary>Stands where an operation takes, reports or returns nothing.</summary>
public sealed record Nothing
{
    /// <summary>The only value that is ever needed.</summary>
    public static Nothing Value { get; } = new();
}
