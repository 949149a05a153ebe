namespace LlmOps.Providers;

/// <summary>Where a rented machine's SSH server is.</summary>
/// <param name="Host">The host's name or address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="User">Who to log in as.</param>
public sealed record SshEndpoint(string Host, int Port, string User)
{
    /// <summary>Who to try if that user is refused; empty if nobody.</summary>
    public IReadOnlyList<string> OtherUsers { get; init; } = [];
}
