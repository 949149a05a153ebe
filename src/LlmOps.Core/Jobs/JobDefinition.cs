using System.Text.Json.Serialization.Metadata;

namespace LlmOps.Jobs;

/// <summary>A kind of work that runs detached on a rig: its name and the types of what it takes, reports and returns.</summary>
/// <typeparam name="TSpec">What it takes. Written to a file of mode 0600 that is removed when the job has read it.</typeparam>
/// <typeparam name="TProgress">How far it is; only the latest matters.</typeparam>
/// <typeparam name="TResult">What it returns.</typeparam>
/// <param name="Name">The name, such as <c>download</c>; part of a folder's name.</param>
/// <param name="Spec">How the specification is serialised.</param>
/// <param name="Progress">How progress is serialised.</param>
/// <param name="Result">How the result is serialised.</param>
public sealed record JobDefinition<TSpec, TProgress, TResult>(
    string Name, JsonTypeInfo<TSpec> Spec, JsonTypeInfo<TProgress> Progress, JsonTypeInfo<TResult> Result);
