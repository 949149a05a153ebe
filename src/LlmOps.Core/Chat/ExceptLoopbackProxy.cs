using System.Net;

namespace LlmOps.Chat;

/// <summary>The system's proxy for the world, and none for this machine: a tunnel's address means nothing to a proxy.</summary>
/// <param name="system">The system's proxy.</param>
internal sealed class ExceptLoopbackProxy(IWebProxy system) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => system.Credentials;
        set => system.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : system.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || system.IsBypassed(host);
}
