using System.Net;

namespace LlmOps.Processes;

/// <summary>A TCP socket on which a process waits for connections.</summary>
/// <param name="Address">The address in text; <c>0.0.0.0</c> and <c>::</c> are all of the machine's.</param>
/// <param name="Port">The port.</param>
/// <param name="ProcessId">The process, or null where it is another user's.</param>
/// <param name="ProcessName">The process's name, or null where it is another user's.</param>
public sealed record ListeningSocket(string Address, int Port, int? ProcessId, string? ProcessName)
{
    /// <summary>True if only the machine itself can connect.</summary>
    public bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>The address, the port and the process.</summary>
    public override string ToString() => $"{(Address.Contains(':') ? $"[{Address}]" : Address)}:{Port} {(ProcessId is null ? "(another user's process)" : $"{ProcessName} ({ProcessId})")}";
}
