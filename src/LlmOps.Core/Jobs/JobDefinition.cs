using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LlmOps.Protocol;

namespace LlmOps.Jobs;

/// <summary>A kind of work that runs detached on a rig: its name and the types of what it takes, reports and returns.</summary>
/// <typeparam name="TSpec">What it takes. Written to a file of mode 0600 that is removed when the job has read it.</typeparam>
/// <typeparam name="TProgress">How far it is; only the latest matters.</typeparam>
/// <typeparam name="TResult">What it returns.</typeparam>
/// <param name="Name">The name, such as <c>download</c>; part of a folder's name.</param>
/// <param name="Json">How the three are serialised; asked at the first use.</param>
public sealed record JobDefinition<TSpec, TProgress, TResult>(string Name, Func<JsonSerializerContext> Json)
{
    /// <summary>How the specification is serialised.</summary>
    public JsonTypeInfo<TSpec> Spec => Json().TypeOf<TSpec>();

    /// <summary>How progress is serialised.</summary>
    public JsonTypeInfo<TProgress> Progress => Json().TypeOf<TProgress>();

    /// <summary>How the result is serialised.</summary>
    public JsonTypeInfo<TResult> Result => Json().TypeOf<TResult>();
}
