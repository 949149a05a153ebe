namespace LlmOps.Providers;

/// <summary>A provider that puts only those public keys on a machine which the account has registered before.</summary>
public interface ISshKeyStore
{
    /// <summary>The account's key of the same material, registered under the name if there is none.</summary>
    /// <param name="name">The name for a new key; what the provider does not allow in it is left out.</param>
    /// <param name="publicKey">The public key, as one line of <c>authorized_keys</c>.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The key can't be registered.</exception>
    Task<SshKeyReference> EnsureKeyAsync(string name, string publicKey, CancellationToken cancel);

    /// <summary>The names and ids of all keys of the account.</summary>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">The list can't be had whole.</exception>
    Task<IReadOnlyList<SshKeyReference>> ListKeysAsync(CancellationToken cancel);

    /// <summary>Removes a key from the account; nothing happens if it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It can't be removed.</exception>
    Task RemoveKeyAsync(SshKeyReference key, CancellationToken cancel);
}

/// <summary>A public key that an account has registered.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="Name">Its name there.</param>
public sealed record SshKeyReference(string Id, string Name);
