using System.Management.Automation;
using LlmOps.Gpus;

namespace LlmOps.Infrastructure;

/// <summary>What a parameter that takes a GPU model accepts: a name as people, providers and drivers write it, or what Get-GpuSpec returned.</summary>
public sealed class GpuArgument
{
    /// <summary>A GPU by its name.</summary>
    /// <param name="name">The name.</param>
    public GpuArgument(string name) => Name = name;

    /// <summary>The GPU itself.</summary>
    /// <param name="spec">The GPU.</param>
    public GpuArgument(GpuSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Spec = spec;
        Name = spec.Name;
    }

    /// <summary>A GPU after a trip through remoting.</summary>
    /// <param name="item">The object.</param>
    public GpuArgument(PSObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.BaseObject is string text) Name = text;
        else if (item.TypeNames.Any(type => type.EndsWith(typeof(GpuSpec).FullName!, StringComparison.Ordinal))) Name = (string)item.Properties[nameof(GpuSpec.Name)].Value;
        else throw new PSInvalidCastException($"'{item}' is not a GPU.");
    }

    /// <summary>The GPU, if the object itself was given.</summary>
    public GpuSpec? Spec { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The GPU.</summary>
    /// <exception cref="LlmOpsException"><c>GpuUnknown</c>.</exception>
    public GpuSpec Resolve() => Spec ?? GpuCatalog.Get(Name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
