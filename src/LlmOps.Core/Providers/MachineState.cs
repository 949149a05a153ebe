namespace LlmOps.Providers;

/// <summary>How far a rented machine is, by what its provider says. A word that is not known is <see cref="Pending"/>, never <see cref="Gone"/>.</summary>
public enum MachineState
{
    /// <summary>It is being made or started, or the provider says what nobody knows.</summary>
    Pending,

    /// <summary>The provider says that it runs. It is ready when its SSH server answers, which may take some minutes more.</summary>
    Running,

    /// <summary>It is stopped and may be started again.</summary>
    Stopped,

    /// <summary>It will not start any more, or its container has died. It may bill all the same.</summary>
    Failed,

    /// <summary>It is being ended.</summary>
    Terminating,

    /// <summary>The provider says that it is ended.</summary>
    Gone,
}
