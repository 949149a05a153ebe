using System.Management.Automation;
using LlmOps.Engines;

namespace LlmOps.Infrastructure;

/// <summary>What a parameter that takes a server accepts: a name, a wildcard, or the object itself, also after a trip through remoting.</summary>
public sealed class ServerArgument
{
    /// <summary>A server by its name or by a wildcard.</summary>
    /// <param name="name">The name.</param>
    public ServerArgument(string name) => Name = name;

    /// <summary>The server itself.</summary>
    /// <param name="server">The server.</param>
    public ServerArgument(LlmServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
        Name = server.Name;
        Rig = server.Rig is { } rig ? new RigArgument(rig) : null;
    }

    /// <summary>A server after a trip through remoting.</summary>
    /// <param name="item">The object.</param>
    public ServerArgument(PSObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var isServer = item.BaseObject is LlmServer || item.TypeNames.Any(type => type.EndsWith(typeof(LlmServer).FullName!, StringComparison.Ordinal));
        if (!isServer) throw new PSInvalidCastException($"'{item}' is not a server.");
        Name = (string)item.Properties[nameof(LlmServer.Name)].Value;
        Rig = item.Properties[nameof(LlmServer.Rig)]?.Value is { } rig ? new RigArgument(PSObject.AsPSObject(rig)) : null;
    }

    /// <summary>The server, if the object itself was given.</summary>
    public LlmServer? Server { get; }

    /// <summary>The name or wildcard.</summary>
    public string Name { get; }

    /// <summary>The rig that the object named, if an object was given.</summary>
    public RigArgument? Rig { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
