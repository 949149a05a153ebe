using LlmOps.Containers;

namespace LlmOps.WebUI;

/// <summary>An Open WebUI that LlmOps has started, as its container engine knows it: nothing of it is kept elsewhere.</summary>
public sealed record OpenWebUI
{
    /// <summary>The name that cmdlets take, which is the container's.</summary>
    public required string Name { get; init; }

    /// <summary>How it is.</summary>
    public required OpenWebUIState State { get; init; }

    /// <summary>The address of its page.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The model that it offers first, or null where that was not known.</summary>
    public string? Model { get; init; }

    /// <summary>The base address of the OpenAI-compatible API that it talks to, as the container knows it.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The tunnel that leads there, or null.</summary>
    public string? Tunnel { get; init; }

    /// <summary>Whether people have to sign in.</summary>
    public bool Auth { get; init; }

    /// <summary>The engine's volume that keeps its data, or null where they are in memory and gone with it.</summary>
    public string? Volume { get; init; }

    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>The container engine.</summary>
    public required ContainerEngineKind Engine { get; init; }

    /// <summary>The container's id.</summary>
    public required string ContainerId { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The tunnel that was opened for it, as <c>process/number</c>, or null.</summary>
    internal string? OwnTunnel { get; init; }

    /// <summary>Whether a tunnel was opened for it alone, and ends with it.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public bool Owns(Tunnels.LlmTunnel tunnel)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        return OwnTunnel is not null && OwnTunnel == OpenWebUIOptions.Mark(tunnel);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
