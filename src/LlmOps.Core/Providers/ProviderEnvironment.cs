namespace LlmOps.Providers;

/// <summary>Where the keys and the addresses of providers come from on this machine.</summary>
/// <param name="variable">Gives the value of an environment variable, or null.</param>
/// <param name="userFolder">The user's folder, in which the providers' own programs keep their keys.</param>
public sealed class ProviderEnvironment(Func<string, string?> variable, string userFolder)
{
    /// <summary>The environment of this process.</summary>
    public static ProviderEnvironment FromProcess() => new(
        Environment.GetEnvironmentVariable,
        Environment.GetEnvironmentVariable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>The user's folder.</summary>
    public string UserFolder { get; } = userFolder;

    /// <summary>The value of a variable without white space around it; null if there is none.</summary>
    /// <param name="name">The variable.</param>
    public string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Where a provider's API is: <c>LLMOPS_&lt;PROVIDER&gt;_URL</c>, else the usual place.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="usual">The usual place.</param>
    /// <exception cref="LlmOpsException"><c>ProviderAddressInvalid</c>.</exception>
    public Uri AddressOf(string provider, Uri usual)
    {
        var name = AddressVariable(provider);
        if (Value(name) is not { } text) return usual;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) // the key goes there
            ? address
            : throw ProviderErrors.AddressInvalid(name);
    }

    /// <summary>The variable that moves a provider's API elsewhere.</summary>
    /// <param name="provider">The provider's name.</param>
    public static string AddressVariable(string provider) => $"LLMOPS_{provider.ToUpperInvariant()}_URL";
}
