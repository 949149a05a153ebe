namespace LlmOps.Containers;

/// <summary>The container engines that are driven.</summary>
public enum ContainerEngineKind
{
    /// <summary>Docker, by its <c>docker</c> program: Docker Engine, Docker Desktop, or whatever a Docker context leads to.</summary>
    Docker,

    /// <summary>Podman, by its <c>podman</c> program: with or without root, or in a machine.</summary>
    Podman,
}
