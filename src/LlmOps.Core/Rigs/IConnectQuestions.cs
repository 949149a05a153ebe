using System.Security;

namespace LlmOps.Rigs;

/// <summary>The questions that connecting can raise. Called on any thread, never while the other side waits against a short limit.</summary>
public interface IConnectQuestions
{
    /// <summary>Asks whether an unknown host key may be trusted from now on.</summary>
    /// <param name="host">The host as it will stand in known_hosts, <c>name</c> or <c>[name]:port</c>.</param>
    /// <param name="keyType">Such as <c>ssh-ed25519</c>.</param>
    /// <param name="fingerprint">Such as <c>SHA256:uNiVztksCsDhcc0u9e8BrrJXVvTb3X7kb2w7B3RmrHU</c>.</param>
    /// <param name="cancel">Withdraws the question.</param>
    Task<bool> TrustHostKeyAsync(string host, string keyType, string fingerprint, CancellationToken cancel);

    /// <summary>Asks for a passphrase, a password or the answer to a keyboard-interactive prompt.</summary>
    /// <param name="prompt">What to show, such as <c>Passphrase for /home/me/.ssh/id_ed25519</c>.</param>
    /// <param name="echo">True where the answer is no secret and may be seen while it is typed.</param>
    /// <param name="cancel">Withdraws the question.</param>
    /// <returns>The answer, or null if there is none.</returns>
    Task<SecureString?> AskAsync(string prompt, bool echo, CancellationToken cancel);
}
