using System.Net;
using System.Net.Sockets;

namespace LlmOps.Tunnels.Exposure;

/// <summary>Tries a port as an outsider would.</summary>
/// <param name="time">The clock.</param>
public sealed class OutsideProbe(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Connects, and closes again without a word.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancel">Ends the attempt.</param>
    public async Task<OutsideAnswer> TryAsync(IPAddress address, int port, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), either.Token).ConfigureAwait(false);
            return OutsideAnswer.Accepted;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return OutsideAnswer.Refused;
        }
        catch (SocketException)
        {
            return OutsideAnswer.Silent;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return OutsideAnswer.Silent;
        }
    }
}
