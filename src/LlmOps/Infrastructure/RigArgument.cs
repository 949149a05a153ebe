using System.Management.Automation;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>What a parameter that takes a rig accepts: a name, a wildcard, or the object itself, also after a trip through remoting.</summary>
public sealed class RigArgument
{
    /// <summary>A rig by its name or by a wildcard.</summary>
    /// <param name="name">The name.</param>
    public RigArgument(string name) => Name = name;

    /// <summary>The rig itself.</summary>
    /// <param name="rig">The rig.</param>
    public RigArgument(GpuRig rig)
    {
        Rig = rig;
        Name = rig.Name;
    }

    /// <summary>A rig after a trip through remoting, which may have made its name of it, or an object with a property <c>Rig</c>, such as a model or a server.</summary>
    /// <param name="item">The object.</param>
    public RigArgument(PSObject item)
    {
        var found = Find(item) ?? throw new PSInvalidCastException($"'{item}' is not a rig, and has none.");
        Rig = found.BaseObject as GpuRig;
        Name = Rig?.Name ?? found.BaseObject as string ?? (string)found.Properties[nameof(GpuRig.Name)].Value;
    }

    /// <summary>The rig, if the object itself was given.</summary>
    public GpuRig? Rig { get; }

    /// <summary>The name or wildcard.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static PSObject? Find(PSObject item) =>
        item.BaseObject is GpuRig or string || item.TypeNames.Any(type => type.EndsWith(typeof(GpuRig).FullName!, StringComparison.Ordinal)) ? item
        : item.Properties["Rig"]?.Value is { } rig ? Find(PSObject.AsPSObject(rig)) : null;
}
