namespace LlmOps;

/// <summary>What sort of failure an error is. Each member is named as PowerShell's <c>ErrorCategory</c> of the same meaning.</summary>
public enum ErrorKind
{
    /// <summary>The request itself is wrong: a value out of range, a combination that cannot be.</summary>
    InvalidArgument,

    /// <summary>The operation does not apply to the state that the object is in.</summary>
    InvalidOperation,

    /// <summary>The answer of another program or service made no sense.</summary>
    InvalidResult,

    /// <summary>A rig, model, server, file or host that does not exist.</summary>
    ObjectNotFound,

    /// <summary>Something of that name is there already.</summary>
    ResourceExists,

    /// <summary>A port, lock or GPU is held by somebody else.</summary>
    ResourceBusy,

    /// <summary>Something that is needed is not there at present: a driver, disk space, memory.</summary>
    ResourceUnavailable,

    /// <summary>A limit is exceeded: disk, memory, quota.</summary>
    LimitsExceeded,

    /// <summary>The network or the peer failed.</summary>
    ConnectionError,

    /// <summary>The peer does not accept who we say we are.</summary>
    AuthenticationError,

    /// <summary>We are known, but not allowed.</summary>
    PermissionDenied,

    /// <summary>Going on would be unsafe: a changed host key, a path that escapes its folder.</summary>
    SecurityError,

    /// <summary>It took longer than allowed.</summary>
    OperationTimeout,

    /// <summary>It was stopped from outside while it ran.</summary>
    OperationStopped,

    /// <summary>A program that is needed is not installed.</summary>
    NotInstalled,
}
