using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LlmOps.Protocol;

/// <summary>One operation of the agent: its name and the types of what it takes, reports and returns.</summary>
/// <typeparam name="TArgs">What it takes.</typeparam>
/// <typeparam name="TEvent">What it reports while it runs; <see cref="Nothing"/> if it reports nothing.</typeparam>
/// <typeparam name="TResult">What it returns; <see cref="Nothing"/> if it returns nothing.</typeparam>
/// <param name="Name">The name on the wire, such as <c>gpu.memory</c>.</param>
/// <param name="Json">How the three are serialised. Asked at the first use: an agent starts once a connection, and most operations are never called.</param>
public sealed record AgentOperation<TArgs, TEvent, TResult>(string Name, Func<JsonSerializerContext> Json)
{
    /// <summary>How the arguments are serialised.</summary>
    public JsonTypeInfo<TArgs> Args => Json().TypeOf<TArgs>();

    /// <summary>How an event is serialised.</summary>
    public JsonTypeInfo<TEvent> Event => Json().TypeOf<TEvent>();

    /// <summary>How the result is serialised.</summary>
    public JsonTypeInfo<TResult> Result => Json().TypeOf<TResult>();
}

/// <summary>Stands where an operation takes, reports or returns nothing.</summary>
public sealed record Nothing
{
    /// <summary>The only value that is ever needed.</summary>
    public static Nothing Value { get; } = new();
}
