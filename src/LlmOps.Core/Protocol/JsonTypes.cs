using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LlmOps.Protocol;

/// <summary>Finds a type in a generated context.</summary>
internal static class JsonTypes
{
    /// <summary>How a type is serialised.</summary>
    /// <exception cref="InvalidOperationException">The context was not generated for it.</exception>
    public static JsonTypeInfo<T> TypeOf<T>(this JsonSerializerContext context) =>
        (JsonTypeInfo<T>?)context.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{context.GetType().Name} does not know {typeof(T).Name}.");
}
