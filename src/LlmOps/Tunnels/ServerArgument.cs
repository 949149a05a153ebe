using LlmOps.Engines;

namespace LlmOps.Tunnels;

/// <summary>What a parameter that takes one server accepts: its name, or the object itself.</summary>
public sealed class ServerArgument
{
    /// <summary>A server by its name.</summary>
    /// <param name="name">The name.</param>
    public ServerArgument(string name) => Name = name;

    /// <summary>The server itself.</summary>
    /// <param name="server">The server.</param>
    public ServerArgument(LlmServer server)
    {
        Server = server;
        Name = server.Name;
    }

    /// <summary>The server, if the object itself was given.</summary>
    public LlmServer? Server { get; }

    /// <summary>The server's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
