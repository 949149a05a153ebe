using System.Net;

namespace LlmOps.Rigs;

/// <summary>One live link to a rig's machine, by SSH or on this machine: runs a command and reaches the machine's own ports.</summary>
public interface IRigLink : IAsyncDisposable
{
    /// <summary>Is cancelled when the link is gone.</summary>
    CancellationToken Lost { get; }

    /// <summary>The machine's address as it is seen from here, or null where it is this machine or lies behind another host.</summary>
    IPAddress? OutsideAddress => null;

    /// <summary>Runs a command line in the login shell of the rig's user.</summary>
    /// <param name="commandLine">The command line, in POSIX shell syntax. Never holds a secret.</param>
    /// <param name="cancel">Ends the start, not the process.</param>
    Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancel);

    /// <summary>Connects to a TCP port as seen from the rig (SSH: a direct-tcpip channel).</summary>
    /// <param name="host">The host as the rig knows it, usually <c>127.0.0.1</c>.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="LlmOpsException"><c>RemotePortRefused</c> when nothing listens there; <c>RigConnectionLost</c> when the link is gone.</exception>
    Task<DuplexStream> ConnectAsync(string host, int port, CancellationToken cancel);
}
