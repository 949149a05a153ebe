using System.Security;
using LlmOps.State;

namespace LlmOps.Providers;

/// <summary>A provider's API key and where it came from.</summary>
public sealed class ProviderKey
{
    private readonly SecureString _value;

    private ProviderKey(SecureString value, string source)
    {
        _value = value;
        Source = source;
    }

    /// <summary>Where it came from: <c>-ApiKey</c>, a variable, or a file.</summary>
    public string Source { get; }

    /// <summary>A key that was given.</summary>
    /// <param name="value">The key.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="provider">The provider's name.</param>
    /// <exception cref="LlmOpsException"><c>ProviderKeyInvalid</c>: it can't be a key.</exception>
    public static ProviderKey Of(SecureString value, string source, string provider)
    {
        // A key is sent in a header, so it is printable ASCII without blanks.
        var text = SecureText.Reveal(value).Trim();
        return text.Length > 0 && text.All(letter => letter is > ' ' and <= '~')
            ? new ProviderKey(SecureText.Hide(text)!, source)
            : throw ProviderErrors.KeyInvalid(provider, source);
    }

    /// <summary>The key that this machine has for a provider: in a variable, else in a file of the provider's own program; null if there is none.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="environment">Where to look.</param>
    /// <exception cref="LlmOpsException"><c>ProviderKeyInvalid</c>.</exception>
    public static ProviderKey? Find(GpuProviderInfo provider, ProviderEnvironment environment)
    {
        foreach (var name in provider.KeyVariables)
            if (SecureText.Hide(environment.Value(name)) is { } value) return Of(value, name, provider.Name);
        foreach (var file in provider.KeyFiles)
            if (SecureText.Hide(file.Read(environment)) is { } value) return Of(value, "~/" + file.Path, provider.Name);
        return null;
    }

    /// <summary>The key's text; for the wire alone.</summary>
    internal string Reveal() => SecureText.Reveal(_value);

    /// <summary>Where it came from; never the key.</summary>
    public override string ToString() => $"key from {Source}";
}
