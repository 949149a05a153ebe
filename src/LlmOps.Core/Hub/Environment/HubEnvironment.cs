using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Hub;

/// <summary>
/// What the environment says about the Hub, in the variables that <c>hf</c>, transformers and vLLM read too: <c>HF_ENDPOINT</c>, <c>HF_HOME</c>,
/// <c>HF_HUB_CACHE</c>, <c>HUGGINGFACE_HUB_CACHE</c>, <c>XDG_CACHE_HOME</c>, <c>HF_TOKEN</c>, <c>HUGGING_FACE_HUB_TOKEN</c>, <c>HF_TOKEN_PATH</c>,
/// <c>HF_HUB_DISABLE_IMPLICIT_TOKEN</c>, <c>HF_HUB_OFFLINE</c>, <c>TRANSFORMERS_OFFLINE</c>, <c>HF_HUB_DISABLE_SYMLINKS</c>, <c>HF_HUB_DISABLE_XET</c>,
/// <c>HF_HUB_ETAG_TIMEOUT</c>, <c>HF_HUB_DOWNLOAD_TIMEOUT</c>, <c>NETRC</c>; the proxies and the certificates are read by <see cref="HubProxy"/> and
/// <see cref="ExtraAuthorities"/>.
/// </summary>
/// <param name="variable">Gives the value of a variable, or null.</param>
public sealed partial class HubEnvironment(Func<string, string?> variable)
{
    private const string PublicHub = "https://huggingface.co";

    /// <summary>The Hub's address.</summary>
    /// <exception cref="LlmOpsException"><c>HubEndpointInvalid</c>.</exception>
    public Uri Endpoint
    {
        get
        {
            var text = (Value("HF_ENDPOINT") ?? PublicHub).Trim().TrimEnd('/');
            // What stands before '@' is a secret.
            if (text.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at) throw HubErrors.EndpointInvalid("…" + text[at..]);
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
                ? new Uri(text + "/")
                : throw HubErrors.EndpointInvalid(text);
        }
    }

    /// <summary>The folder that holds the cached repositories.</summary>
    public string CacheFolder => PathOf("HF_HUB_CACHE") ?? PathOf("HUGGINGFACE_HUB_CACHE") ?? Path.Join(Home, "hub");

    /// <summary>The folder that holds the cached repositories, or another one that was named instead.</summary>
    /// <param name="folder">The other one, as a user writes it; or null.</param>
    public string CacheAt(string? folder) => folder is null ? CacheFolder : Expand(folder);

    /// <summary>The file with the token that <c>hf auth login</c> keeps.</summary>
    public string TokenFile => PathOf("HF_TOKEN_PATH") ?? Path.Join(Home, "token");

    /// <summary>True if nothing may be asked of the Hub.</summary>
    public bool IsOffline => IsSet("HF_HUB_OFFLINE") || IsSet("TRANSFORMERS_OFFLINE");

    /// <summary>True if the cache must do without symbolic links.</summary>
    public bool AvoidsSymbolicLinks => IsSet("HF_HUB_DISABLE_SYMLINKS");

    /// <summary>True if files must come by HTTP alone.</summary>
    public bool AvoidsXet => IsSet("HF_HUB_DISABLE_XET");

    /// <summary>How long an answer may take to begin; null is our own limit.</summary>
    /// <exception cref="LlmOpsException"><c>HubVariableInvalid</c>.</exception>
    public TimeSpan? AnswerTimeout => Seconds("HF_HUB_ETAG_TIMEOUT");

    /// <summary>How long a connection may bring nothing; null is our own limit.</summary>
    /// <exception cref="LlmOpsException"><c>HubVariableInvalid</c>.</exception>
    public TimeSpan? DownloadTimeout => Seconds("HF_HUB_DOWNLOAD_TIMEOUT");

    private string Home => PathOf("HF_HOME") ?? Path.Join(PathOf("XDG_CACHE_HOME") ?? Path.Join(UserFolder, ".cache"), "huggingface");

    // Python takes no notice of HOME on Windows, where git's shell sets it.
    private string UserFolder => Value(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The environment of this process.</summary>
    public static HubEnvironment FromProcess() => new(Environment.GetEnvironmentVariable);

    /// <summary>
    /// The token that goes with a request when none is given: <c>HF_TOKEN</c>, <c>HUGGING_FACE_HUB_TOKEN</c>, the token file, the one token in
    /// <c>stored_tokens</c> beside it, the password of the Hub's host in <c>.netrc</c>; or null.
    /// </summary>
    /// <exception cref="LlmOpsException"><c>HubEndpointInvalid</c>.</exception>
    public string? FindToken() =>
        IsSet("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null
        : Clean(Value("HF_TOKEN")) ?? Clean(Value("HUGGING_FACE_HUB_TOKEN")) ?? Clean(Read(TokenFile)) ?? Clean(StoredToken()) ?? Clean(NetrcPassword());

    /// <summary>A path as a user writes it, with <c>~</c> and <c>$NAME</c> replaced, made absolute.</summary>
    /// <param name="path">The path.</param>
    public string Expand(string path)
    {
        var expanded = VariableReference().Replace(path, match => Value(match.Groups["name"].Value) ?? match.Value);
        if (expanded == "~" || expanded.StartsWith("~/", StringComparison.Ordinal) || expanded.StartsWith(@"~\", StringComparison.Ordinal))
            expanded = Path.Join(UserFolder, expanded[1..]);
        return Path.GetFullPath(expanded);
    }

    private static string? Clean(string? token) =>
        token?.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim() is { Length: > 0 } cleaned ? cleaned : null;

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string? StoredToken() => Read(Path.Join(Path.GetDirectoryName(TokenFile), "stored_tokens")) is { } text ? StoredTokens.Only(text, DateTimeOffset.UtcNow) : null;

    private string? NetrcPassword()
    {
        var file = PathOf("NETRC") ?? Path.Join(UserFolder, OperatingSystem.IsWindows() && !File.Exists(Path.Join(UserFolder, ".netrc")) ? "_netrc" : ".netrc");
        return Read(file) is { } text ? NetrcFile.Password(text, Endpoint.Host) : null;
    }

    /// <summary>The value of a variable; null if it is empty too.</summary>
    internal string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

    private TimeSpan? Seconds(string name) =>
        Value(name) is not { } text ? null
        : double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6 ? TimeSpan.FromSeconds(seconds)
        : throw HubErrors.VariableInvalid(name, "a number of seconds, such as 10");

    private string? PathOf(string name) => Value(name) is { } path ? Expand(path) : null;

    private bool IsSet(string name) => Value(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    [GeneratedRegex(@"\$(?:\{(?<name>\w+)\}|(?<name>\w+))")]
    private static partial Regex VariableReference();
}
