namespace LlmOps.Ssh.Session;

/// <summary>The server did not open a channel.</summary>
/// <param name="reason">What it answered.</param>
internal sealed class ChannelRefusedException(string reason) : Exception(reason);
