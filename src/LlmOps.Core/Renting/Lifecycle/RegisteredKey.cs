using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>The public key that was registered with an account for one rental, by its name.</summary>
internal static class RegisteredKey
{
    private const string Prefix = "llmops"; // letters and digits alone: some providers allow nothing else

    /// <summary>The name of a rental's key.</summary>
    public static string NameOf(string rental) => Prefix + rental;

    /// <summary>Takes the key from the account. One that stays behind opens nothing: its private half is deleted here.</summary>
    public static async Task ForgetAsync(IGpuProvider provider, string rental)
    {
        if (provider is not ISshKeyStore keys) return;
        try
        {
            foreach (var key in await keys.ListKeysAsync(CancellationToken.None).ConfigureAwait(false))
                if (key.Name == NameOf(rental)) await keys.RemoveKeyAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ProviderException)
        {
            // A public key in an account costs nothing.
        }
    }
}
