namespace LlmOps;

/// <summary>The connection to a rig broke while a request was under way; what runs detached on the rig goes on.</summary>
/// <param name="rig">The rig's name.</param>
/// <param name="inner">What broke the connection.</param>
public sealed class RigConnectionLostException(string rig, Exception? inner = null) : LlmOpsException(
    "RigConnectionLost", ErrorKind.ConnectionError,
    $"The connection to rig '{rig}' was lost{(inner is null ? "" : ": " + inner.Message)}",
    $"Look whether the machine still runs (Get-GpuRig '{rig}'), then run the command again: servers and downloads on the rig go on and are joined.",
    rig, inner);
