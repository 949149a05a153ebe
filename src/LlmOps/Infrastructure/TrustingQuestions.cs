using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Trusts unknown host keys, as -AcceptNewHostKey asks for, and passes all other questions on.</summary>
internal sealed class TrustingQuestions(IConnectQuestions others) : IConnectQuestions
{
    public Task<bool> TrustHostKeyAsync(string host, string keyType, string fingerprint, CancellationToken cancel) => Task.FromResult(true);

    public Task<SecureString?> AskAsync(string prompt, bool echo, CancellationToken cancel) => others.AskAsync(prompt, echo, cancel);
}
