using System.Management.Automation;
using LlmOps.Hub;

namespace LlmOps.Infrastructure;

/// <summary>What a parameter that takes a model accepts: a Hub id, a path on the rig, or what Get-HfModel wrote.</summary>
public sealed class ModelArgument
{
    /// <summary>A model by its id or path.</summary>
    /// <param name="name">The id or path.</param>
    public ModelArgument(string name) => Name = name;

    /// <summary>The model itself.</summary>
    /// <param name="model">The model.</param>
    public ModelArgument(HfModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Name = model.Path;
        Id = model.Id;
        Rig = model.Rig is { } rig ? new RigArgument(rig) : null;
    }

    /// <summary>A model of a cache.</summary>
    /// <param name="model">The model.</param>
    public ModelArgument(CachedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Name = model.Path;
        Id = model.Id;
        Rig = model.Rig is { } rig ? new RigArgument(rig) : null;
    }

    /// <summary>A model after a trip through remoting.</summary>
    /// <param name="item">The object.</param>
    public ModelArgument(PSObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!item.TypeNames.Any(type => type.EndsWith(typeof(HfModel).FullName!, StringComparison.Ordinal) || type.EndsWith(typeof(CachedModel).FullName!, StringComparison.Ordinal))) throw new PSInvalidCastException($"'{item}' is not a model.");
        Name = (string)item.Properties[nameof(HfModel.Path)].Value;
        Id = (string)item.Properties[nameof(HfModel.Id)].Value;
        Rig = item.Properties[nameof(HfModel.Rig)]?.Value is { } rig ? new RigArgument(PSObject.AsPSObject(rig)) : null;
    }

    /// <summary>The Hub id, or the path on the rig.</summary>
    public string Name { get; }

    /// <summary>The Hub id of a model object.</summary>
    public string? Id { get; }

    /// <summary>The rig that the object named, if an object was given.</summary>
    public RigArgument? Rig { get; }

    /// <summary>What its metadata is read by on this machine: the path, or the Hub id where the path is a rig's.</summary>
    internal string MetadataName => Rig is null ? Name : Id ?? Name;

    /// <inheritdoc/>
    public override string ToString() => Id ?? Name;
}
