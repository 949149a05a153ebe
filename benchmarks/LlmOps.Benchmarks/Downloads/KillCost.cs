using System.Globalization;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>What being killed cost a download, as the server counts.</summary>
/// <param name="Kills">How often it was killed.</param>
/// <param name="Sent">All bytes that the server has sent until the file was complete.</param>
/// <param name="Unread">Bytes of those that were sent and had not reached the file when the process died: they lay in sockets and buffers.</param>
/// <param name="Size">The file's size.</param>
/// <param name="IsRight">True if the finished file has its hash.</param>
internal sealed record KillCost(int Kills, long Sent, long Unread, long Size, bool IsRight)
{
    /// <summary>Bytes that were in the file already, or came twice for another reason.</summary>
    public long Repeated => Sent - Size - Unread;

    /// <summary>Bytes sent, of which the file has one.</summary>
    public double Factor => (double)Sent / Size;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Kills} {(Kills == 1 ? "kill" : "kills")}: sent {Factor:0.000} times the size; {(Sent - Size) / 1e6:0.0} MB too much, of which {Unread / 1e6:0.0} had not been read and {Repeated / 1e6:0.0} had; {(IsRight ? "right" : "WRONG")}");
}
