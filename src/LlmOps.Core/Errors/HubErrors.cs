using LlmOps.Hub;

namespace LlmOps;

/// <summary>The failures of getting models from the Hugging Face Hub.</summary>
public static class HubErrors
{
    /// <summary>The text cannot be the id of a repository.</summary>
    /// <param name="id">The text.</param>
    public static LlmOpsException IdInvalid(string id) => new(
        "ModelIdInvalid", ErrorKind.InvalidArgument, $"'{id}' cannot be the id of a repository on the Hub.",
        "Give it as owner/name, as the model's page shows it, for instance Qwen/Qwen2.5-72B-Instruct-AWQ.", id);

    /// <summary>The revision cannot exist.</summary>
    /// <param name="revision">The text.</param>
    public static LlmOpsException RevisionInvalid(string revision) => new(
        "RevisionInvalid", ErrorKind.InvalidArgument, $"'{revision}' cannot be a revision.",
        "Give a branch (main), a tag, refs/pr/1, or a commit of 40 hex digits.", revision);

    /// <summary><c>HF_ENDPOINT</c> is no address.</summary>
    /// <param name="endpoint">Its value.</param>
    public static LlmOpsException EndpointInvalid(string endpoint) => new(
        "HubEndpointInvalid", ErrorKind.InvalidArgument, $"HF_ENDPOINT is '{endpoint}', which is no http address without a user and a password.",
        "Set HF_ENDPOINT to an address such as https://huggingface.co, or remove it.", endpoint);

    /// <summary>A variable of the environment has a value that it cannot have. The value is not shown: a proxy's address may hold a password.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="expected">What it should be.</param>
    public static LlmOpsException VariableInvalid(string variable, string expected) => new(
        "HubVariableInvalid", ErrorKind.InvalidArgument, $"The environment variable {variable} should be {expected}, and is not.", $"Mend {variable}, or remove it, and run the command again.", variable);

    /// <summary>The certificates that a variable names can't be read.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="path">Its value.</param>
    /// <param name="inner">The exception underneath.</param>
    public static LlmOpsException CertificatesUnreadable(string variable, string path, Exception inner) => new(
        "HubCertificatesUnreadable", ErrorKind.InvalidArgument, $"{variable} names '{path}', and no certificates can be read there: {inner.Message}",
        $"Set {variable} to a file with certificates in PEM form, or remove it.", path, inner);

    /// <summary>The server's certificate is trusted neither by the system nor by what the environment names.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="inner">What is wrong with it.</param>
    public static LlmOpsException CertificateUntrusted(Uri address, Exception inner) => new(
        "HubCertificateUntrusted", ErrorKind.SecurityError, $"The certificate of {address.Authority} is not to be trusted: {inner.Message}",
        "If a proxy of your network reads along, set SSL_CERT_FILE to its authority's certificate (PEM); else look at the clock and at HF_ENDPOINT.", address.Authority, inner);

    /// <summary>The proxy wants a user name and a password, or others.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="inner">The exception underneath, or null.</param>
    public static LlmOpsException ProxyRefused(Uri address, Exception? inner) => new(
        "HubProxyRefused", ErrorKind.AuthenticationError, $"The proxy on the way to {address.Authority} wants a user name and a password that it knows.",
        "Write them into HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT, with %40 for @), or set NO_PROXY.", address.Authority, inner);

    /// <summary>There is no such repository, or it is private.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="endpoint">The Hub.</param>
    /// <param name="withToken">Whether a token was sent.</param>
    public static LlmOpsException RepositoryNotFound(HubRepo repo, Uri endpoint, bool withToken) => new(
        "RepositoryNotFound", ErrorKind.ObjectNotFound,
        $"There is no {Noun(repo)} '{repo.Id}' on {endpoint.Host}, or it is private{(withToken ? " and the token does not open it" : "")}.",
        withToken ? "Look at the spelling, and whether the token's account may read it." : "Look at the spelling. If it is private, give a token with -Token or in HF_TOKEN.", repo.Id);

    /// <summary>The repository is gated, and its conditions were not accepted.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="page">Where the conditions are accepted.</param>
    /// <param name="withToken">Whether a token was sent.</param>
    public static LlmOpsException Gated(HubRepo repo, Uri page, bool withToken) => new(
        "GatedRepository", ErrorKind.PermissionDenied,
        withToken ? $"'{repo.Id}' is gated, and the token's account has not been let in." : $"'{repo.Id}' is gated: it needs an account that has accepted its conditions.",
        withToken ? $"Accept its conditions at {page}, then run the command again." : $"Accept its conditions at {page}, then give a token of that account with -Token or in HF_TOKEN.", repo.Id);

    /// <summary>The Hub has closed the repository.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="page">Its page.</param>
    public static LlmOpsException Disabled(HubRepo repo, Uri page) => new(
        "RepositoryDisabled", ErrorKind.PermissionDenied, $"The Hub has disabled '{repo.Id}'.", $"Read why at {page}, and choose another model.", repo.Id);

    /// <summary>The Hub refuses for another reason.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="page">Its page.</param>
    /// <param name="reason">What the Hub says.</param>
    public static LlmOpsException Forbidden(HubRepo repo, Uri page, string? reason) => new(
        "HubForbidden", ErrorKind.PermissionDenied, $"The Hub does not let us read '{repo.Id}'{(reason is null ? "." : ": " + reason)}",
        $"Look at {page} and at what the token may do (https://huggingface.co/settings/tokens).", repo.Id);

    /// <summary>The token is not valid.</summary>
    /// <param name="endpoint">The Hub.</param>
    public static LlmOpsException Unauthorized(Uri endpoint) => new(
        "HubUnauthorized", ErrorKind.AuthenticationError, $"{endpoint.Host} does not know the token.",
        "Make a new one at https://huggingface.co/settings/tokens and give it with -Token or in HF_TOKEN. A public model needs none: remove HF_TOKEN and the token file.", endpoint.Host);

    /// <summary>The repository has no such branch, tag or commit.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="page">The repository's page.</param>
    public static LlmOpsException RevisionNotFound(HubRepo repo, string revision, Uri page) => new(
        "RevisionNotFound", ErrorKind.ObjectNotFound, $"'{repo.Id}' has no branch, tag or commit '{revision}'.", $"See which there are at {page}/tree/main.", revision);

    /// <summary>The commit has no such file.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="address">The file's address.</param>
    public static LlmOpsException FileNotFound(HubRepo repo, string revision, Uri address) => new(
        "HubFileNotFound", ErrorKind.ObjectNotFound, $"'{repo.Id}' has no file at {address.AbsolutePath} in '{revision}'.", "Run the command again; if it stays, the repository is damaged: choose another revision.", repo.Id);

    /// <summary>No file is left after the patterns.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="count">How many files it has.</param>
    public static LlmOpsException NothingSelected(HubRepo repo, int count) => new(
        "NoFileSelected", ErrorKind.ObjectNotFound, $"None of the {count} files of '{repo.Id}' is selected by -Include and -Exclude.",
        "Patterns match the whole path, with case: *.safetensors, original/*, *Q4_K_M*.", repo.Id);

    /// <summary>The repository has several GGUF quantizations, and none was chosen.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="quantizations">Those that there are.</param>
    public static LlmOpsException QuantizationNeeded(HubRepo repo, IReadOnlyList<LeftOutFiles> quantizations) => new(
        "QuantizationNeeded", ErrorKind.InvalidArgument, $"'{repo.Id}' holds {quantizations.Count} GGUF quantizations, of which one is needed: {Sizes(quantizations)}.",
        $"Name one, for instance -Quantization {Suggested(quantizations)}; -All fetches them all.", repo.Id);

    /// <summary>The repository has no such GGUF quantization.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="quantization">What was asked for.</param>
    /// <param name="quantizations">Those that there are.</param>
    public static LlmOpsException QuantizationNotFound(HubRepo repo, string quantization, IReadOnlyList<LeftOutFiles> quantizations) => new(
        "QuantizationNotFound", ErrorKind.ObjectNotFound,
        quantizations.Count == 0 ? $"'{repo.Id}' has no GGUF files, so no quantization '{quantization}' either." : $"'{repo.Id}' has no GGUF quantization '{quantization}'. It has {Sizes(quantizations)}.",
        quantizations.Count == 0 ? "Leave -Quantization away, or look for a repository with GGUF files: Find-HfModel NAME -Quantization gguf" : $"Name one of these, for instance -Quantization {Suggested(quantizations)}.", quantization);

    /// <summary>Two ways of choosing files were given that exclude each other.</summary>
    /// <param name="first">The one parameter.</param>
    /// <param name="second">The other.</param>
    public static LlmOpsException SelectionConflict(string first, string second) => new(
        "SelectionConflict", ErrorKind.InvalidArgument, $"-{first} and -{second} choose files in two ways that exclude each other.", $"Give only one of -{first} and -{second}.", first);

    /// <summary>The network or the peer failed.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="detail">What broke.</param>
    /// <param name="inner">The exception underneath.</param>
    public static LlmOpsException Unreachable(Uri address, string detail, Exception inner) => new(
        "HubUnreachable", ErrorKind.ConnectionError, $"{address.Authority} can't be reached: {detail}",
        "Look at the network, HTTPS_PROXY and HF_ENDPOINT, then run the command again; it goes on from where it was.", address.Authority, inner);

    /// <summary>The peer says that it cannot answer now.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="status">The HTTP status.</param>
    public static LlmOpsException Unavailable(Uri address, int status) => new(
        "HubUnavailable", ErrorKind.ConnectionError, $"{address.Authority} keeps answering with status {status}.",
        "See https://status.huggingface.co, then run the command again; it goes on from where it was.", address.Authority);

    /// <summary>Too many requests were made.</summary>
    /// <param name="endpoint">The Hub.</param>
    public static LlmOpsException RateLimited(Uri endpoint) => new(
        "HubRateLimited", ErrorKind.LimitsExceeded, $"{endpoint.Host} has had too many requests from this account or address.",
        "Wait five minutes, or give a token with -Token or in HF_TOKEN, which has a larger quota; then run the command again.", endpoint.Host);

    /// <summary>What answers is no Hub: a login page, a proxy, another server.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="detail">How it shows.</param>
    public static LlmOpsException NotAHub(Uri endpoint, string detail) => new(
        "NotAHub", ErrorKind.InvalidResult, $"What answers at {endpoint.Authority} is not a Hugging Face Hub: {detail}.",
        "A network's login page or a proxy may stand in between: open the address in a browser. Else look at HF_ENDPOINT.", endpoint.Authority);

    /// <summary>An answer that makes no sense.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What it says.</param>
    public static LlmOpsException AnswerUnexpected(Uri address, int status, string? detail) => new(
        "HubAnswerUnexpected", ErrorKind.InvalidResult, $"{address.Authority} answered with status {status}{(detail is null ? "." : ": " + detail)}", "Run the command again; if it stays, look at HF_ENDPOINT.", address.Authority);

    /// <summary>What came is, again and again, not what the Hub says the file is.</summary>
    /// <param name="file">The file.</param>
    public static LlmOpsException FileCorrupt(HubFile file) => new(
        "HubFileCorrupt", ErrorKind.InvalidResult, $"'{file.Path}' arrived damaged several times: its content does not have the hash {file.ETag}. Nothing of it was kept.",
        "Something between here and the Hub changes what is downloaded (a proxy, a mirror). Try another HF_ENDPOINT or network.", file.Path);

    /// <summary>Only Xet storage was wanted, and it can't be used.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="reason">Why, as a sentence.</param>
    public static LlmOpsException XetUnavailable(HubRepo repo, string reason) => new(
        "XetUnavailable", ErrorKind.ResourceUnavailable, $"'{repo.Id}' can't come from Xet storage: {reason}", "Leave -Transport away; HTTP brings the same files.", repo.Id);

    /// <summary>Xet storage fails for a file. It comes over HTTP instead; this is seen only if that does not start for long either.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reason">How it fails, as a clause.</param>
    public static LlmOpsException XetFailed(HubFile file, string reason) => new(
        "XetFailed", ErrorKind.ConnectionError, $"Xet storage failed for '{file.Path}': {reason}.", "Run the command again with -Transport Http; it goes on from where it was.", file.Path);

    /// <summary>A path in the repository would leave the folder, or cannot be a file here.</summary>
    /// <param name="path">The path.</param>
    public static LlmOpsException PathUnsafe(string path) => new(
        "HubPathUnsafe", ErrorKind.SecurityError, $"The repository has a file '{path}' that cannot safely be written here. Nothing was fetched.",
        "If the repository can be trusted, leave the file out with -Exclude.", path);

    /// <summary>The requests are forbidden by the environment, and the cache has not everything.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="detail">What is missing.</param>
    public static LlmOpsException Offline(HubRepo repo, string detail) => new(
        "HubOffline", ErrorKind.ResourceUnavailable, $"HF_HUB_OFFLINE is set and the cache has not all of '{repo.Id}': {detail}.", "Remove HF_HUB_OFFLINE and run the command again.", repo.Id);

    /// <summary>A search is asked for while requests are forbidden by the environment.</summary>
    public static LlmOpsException SearchOffline() => new(
        "HubOffline", ErrorKind.ResourceUnavailable, "HF_HUB_OFFLINE is set, so the Hub can't be searched.", "Remove HF_HUB_OFFLINE and run the command again; what is here shows Get-HfModel -Cached.");

    /// <summary>The volume is too small.</summary>
    /// <param name="folder">A folder on the volume.</param>
    /// <param name="needed">How many bytes are needed.</param>
    /// <param name="free">How many are free.</param>
    public static LlmOpsException DiskFull(string folder, long needed, long free) => new(
        "DiskFull", ErrorKind.LimitsExceeded, $"The volume of '{folder}' has {ByteText.Of(free)} free, and {ByteText.Of(needed)} are needed.",
        "Free some space, choose another volume with -CacheDir or -LocalDir, or fetch fewer files with -Include.", folder);

    /// <summary>The folder can't be written.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="inner">What the system says.</param>
    public static LlmOpsException FolderNotWritable(string folder, Exception inner) => new(
        "ModelFolderNotWritable", ErrorKind.PermissionDenied, $"'{folder}' can't be written: {inner.Message}", "Choose another folder with -CacheDir or -LocalDir, or set HF_HOME.", folder, inner);

    /// <summary>The cache does not hold the repository.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="cache">The cache.</param>
    public static LlmOpsException NotCached(HubRepo repo, string cache) => new(
        "ModelNotCached", ErrorKind.ObjectNotFound, $"The cache '{cache}' holds no {Noun(repo)} '{repo.Id}'.", "See what it holds with Get-HfModel -Cached.", repo.Id);

    /// <summary>The cache holds the repository, but not this revision.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="known">Those that it holds.</param>
    public static LlmOpsException RevisionNotCached(HubRepo repo, string revision, IReadOnlyList<string> known) => new(
        "RevisionNotCached", ErrorKind.ObjectNotFound, $"The cache holds no revision '{revision}' of '{repo.Id}'{(known.Count == 0 ? "." : $"; it holds {string.Join(", ", known)}.")}",
        $"See them with (Get-HfModel {repo.Id} -Cached).Revisions; a commit may be given by its first digits.", revision);

    /// <summary>The repository is being downloaded.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="held">The lock that somebody holds.</param>
    public static LlmOpsException Busy(HubRepo repo, string held) => new(
        "ModelBusy", ErrorKind.ResourceBusy, $"'{repo.Id}' is being downloaded: the lock '{held}' is held.", "Wait until the download has ended, or stop it; then run the command again.", repo.Id);

    /// <summary>The cache can't be read.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="inner">What the system says.</param>
    public static LlmOpsException CacheUnreadable(string cache, Exception inner) => new(
        "CacheUnreadable", ErrorKind.PermissionDenied, $"The cache '{cache}' can't be read: {inner.Message}", "Look at who owns the folder, or name another cache with -CacheDir.", cache, inner);

    private static string Sizes(IEnumerable<LeftOutFiles> quantizations) => string.Join(", ", quantizations.Select(known => $"{known.What} ({ByteText.Of(known.Size)})"));

    private static string Suggested(IReadOnlyList<LeftOutFiles> quantizations) =>
        (quantizations.FirstOrDefault(known => known.What.EndsWith("Q4_K_M", StringComparison.OrdinalIgnoreCase)) ?? quantizations[quantizations.Count / 2]).What;

    private static string Noun(HubRepo repo) => repo.Type switch { HubRepoType.Dataset => "dataset", HubRepoType.Space => "space", _ => "model" };
}
