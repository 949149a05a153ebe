using LlmOps.Providers;

namespace LlmOps;

/// <summary>The failures of renting machines. What a provider said goes along, cleaned of the key.</summary>
public static class ProviderErrors
{
    /// <summary>There is no provider of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">Those that there are.</param>
    public static LlmOpsException Unknown(string name, IReadOnlyList<string> known) => new(
        "ProviderUnknown", ErrorKind.ObjectNotFound, $"There is no provider '{name}'.", $"Name one of these: {string.Join(", ", known)}.", name);

    /// <summary>This machine has no key for the provider.</summary>
    /// <param name="provider">The provider.</param>
    public static LlmOpsException KeyMissing(GpuProviderInfo provider) => new(
        "ProviderKeyMissing", ErrorKind.AuthenticationError, $"There is no API key for {provider.Name}.",
        $"Make one at {provider.KeyPage} and put it into {provider.KeyVariables[0]}, or give it with -ApiKey.", provider.Name);

    /// <summary>No provider is configured at all.</summary>
    /// <param name="variables">The variables that could hold a key.</param>
    public static LlmOpsException NoneConfigured(IReadOnlyList<string> variables) => new(
        "NoProviderConfigured", ErrorKind.AuthenticationError, $"There is no API key for any provider: none of {string.Join(", ", variables)} is set.",
        "Set one of these variables, or give -Provider and -ApiKey.");

    /// <summary>What was given as a key can't be one. It is not shown.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="source">Where it came from.</param>
    public static LlmOpsException KeyInvalid(string provider, string source) => new(
        "ProviderKeyInvalid", ErrorKind.InvalidArgument, $"What {source} holds can't be an API key of {provider}: it is empty, or has blanks or other characters that no key has.",
        $"Copy the key again, without quotes and line ends, into {source}.", source);

    /// <summary>The address that a variable names can't be a provider's. It is not shown: it may hold a password.</summary>
    /// <param name="variable">The variable.</param>
    public static LlmOpsException AddressInvalid(string variable) => new(
        "ProviderAddressInvalid", ErrorKind.InvalidArgument, $"The environment variable {variable} should be an https address (http only on this machine) without a user and a password, and is not.",
        $"Mend {variable}, or remove it.", variable);

    /// <summary>The provider can't do what is asked.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="what">What it can't do, as in "can't stop machines".</param>
    /// <param name="instead">What to do instead, as a sentence.</param>
    public static LlmOpsException Unsupported(string provider, string what, string instead) => new(
        "ProviderUnsupported", ErrorKind.InvalidOperation, $"{provider} can't {what}.", instead, provider);

    /// <summary>The key may only read.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="source">Where the key came from.</param>
    /// <param name="page">Where keys are made.</param>
    public static LlmOpsException KeyReadOnly(string provider, string source, Uri page) => new(
        "ProviderKeyReadOnly", ErrorKind.PermissionDenied, $"The API key of {provider} from {source} may only read: nothing can be rented, and nothing be ended, with it.",
        $"Make a key with the right to read and write at {page}, and put it in its place.", provider);

    /// <summary>The provider did not say in time what is for rent.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="limit">How long it was waited for.</param>
    public static LlmOpsException TooSlow(string provider, TimeSpan limit) => new(
        "ProviderTooSlow", ErrorKind.OperationTimeout, $"{provider} did not answer within {limit.TotalSeconds:0.#} s.", "Wait for longer with -Timeout, or see the last prices with -Cached.", provider);

    /// <summary>The key is one of several providers'.</summary>
    /// <param name="count">How many providers were named.</param>
    /// <param name="parameter">The parameter that the key was given with.</param>
    public static LlmOpsException KeyNeedsOneProvider(int count, string parameter = "-ApiKey") => new(
        "ProviderKeyAmbiguous", ErrorKind.InvalidArgument, $"{parameter} is the key of one provider, and {count} are meant.", "Name the one that it is of with -Provider, or give rigs, machines or offers of that one alone.");

    /// <summary>No provider can be waited for that long.</summary>
    /// <param name="timeout">How long.</param>
    public static LlmOpsException TimeoutInvalid(TimeSpan timeout) => new(
        "ProviderTimeoutInvalid", ErrorKind.InvalidArgument, $"No provider can be waited for '{timeout}'.", "Give -Timeout a time from one second to one hour, such as -Timeout 30.");

    /// <summary>No prices are kept.</summary>
    /// <param name="provider">Of whom, or null for all.</param>
    public static LlmOpsException NothingCached(string? provider) => new(
        "NoCachedOffers", ErrorKind.ObjectNotFound, $"No prices{(provider is null ? "" : $" of {provider}")} are kept on this machine.", "Ask for them once with a network: Find-GpuOffer", provider);

    /// <summary>The key is not known.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="source">Where the key came from.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException KeyRefused(GpuProviderInfo provider, string source, string? said) => new(
        ProviderFailure.KeyRefused, "ProviderKeyRefused", ErrorKind.AuthenticationError, $"{provider.Name} does not know the API key from {source}{Quote(said)}.",
        $"Make a new key at {provider.KeyPage}, and put it into {provider.KeyVariables[0]}.", provider.Name)
    { Detail = said };

    /// <summary>The key is known, and not allowed this.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="what">What was asked for, as in "rent a machine".</param>
    /// <param name="source">Where the key came from.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Forbidden(GpuProviderInfo provider, string what, string source, string? said) => new(
        ProviderFailure.Forbidden, "ProviderForbidden", ErrorKind.PermissionDenied, $"{provider.Name} does not let the API key from {source} {what}{Quote(said)}.",
        $"Give the key the right to read and write at {provider.KeyPage}, or make another that has it.", provider.Name)
    { Detail = said };

    /// <summary>The account can't pay.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Billing(GpuProviderInfo provider, string? said) => new(
        ProviderFailure.Billing, "ProviderPaymentRequired", ErrorKind.LimitsExceeded, $"{provider.Name} rents nothing to this account until it is paid for{Quote(said)}.",
        $"Add credit, or set up automatic payment, at {provider.Console}.", provider.Name)
    { Detail = said };

    /// <summary>The account's limit is reached.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Quota(GpuProviderInfo provider, string? said) => new(
        ProviderFailure.Quota, "ProviderQuotaExceeded", ErrorKind.LimitsExceeded, $"The account's limit at {provider.Name} is reached{Quote(said)}.",
        $"End machines that are not needed (Get-GpuRig), or ask for a higher limit at {provider.Console}.", provider.Name)
    { Detail = said };

    /// <summary>Nothing of that sort is free.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException NoCapacity(GpuProviderInfo provider, string what, string? said) => new(
        ProviderFailure.NoCapacity, "NoGpuCapacity", ErrorKind.ResourceUnavailable, $"{provider.Name} has no {what} free{Quote(said)}.",
        "Take another offer, place or provider: Find-GpuOffer", provider.Name)
    { Detail = said };

    /// <summary>The request itself is wrong.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="what">What was asked for, as in "rent a machine".</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException InvalidRequest(GpuProviderInfo provider, string what, string? said) => new(
        ProviderFailure.InvalidRequest, "ProviderRequestInvalid", ErrorKind.InvalidArgument, $"{provider.Name} refuses the request to {what}{Quote(said)}.",
        "Mend what the provider names; if it is nothing that you gave, its API has changed: update LlmOps.", provider.Name)
    { Detail = said };

    /// <summary>There is no such thing.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="what">What was looked for.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException NotFound(GpuProviderInfo provider, string what, string? said) => new(
        ProviderFailure.NotFound, "ProviderNotFound", ErrorKind.ObjectNotFound, $"{provider.Name} has no {what}{Quote(said)}.",
        $"Look at {provider.Console} whether it is still there.", provider.Name)
    { Detail = said };

    /// <summary>It does not apply to the state that the thing is in.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Conflict(GpuProviderInfo provider, string what, string? said) => new(
        ProviderFailure.Conflict, "ProviderConflict", ErrorKind.InvalidOperation, $"{provider.Name} can't {what} now{Quote(said)}.",
        "Look at its state with Get-GpuRig, and try again when it has changed.", provider.Name)
    { Detail = said };

    /// <summary>Too many requests.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="after">How long it wants to be left alone, or null.</param>
    public static ProviderException RateLimited(GpuProviderInfo provider, TimeSpan? after) => new(
        ProviderFailure.RateLimited, "ProviderRateLimited", ErrorKind.LimitsExceeded, $"{provider.Name} has had too many requests with this key.",
        $"Wait {(after ?? TimeSpan.FromMinutes(1)).TotalSeconds:0} s, and run the command again.", provider.Name)
    { RetryAfter = after, Status = 429 };

    /// <summary>The network or the provider did not answer.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="detail">What broke.</param>
    /// <param name="inner">The exception underneath.</param>
    public static ProviderException Unreachable(GpuProviderInfo provider, string detail, Exception? inner) => new(
        ProviderFailure.Transient, "ProviderUnreachable", ErrorKind.ConnectionError, $"{provider.Name} can't be reached at {provider.Address.Authority}: {detail}",
        "Look at the network and HTTPS_PROXY, then run the command again.", provider.Name, inner)
    { Detail = detail };

    /// <summary>The provider answers that it can't answer.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Unavailable(GpuProviderInfo provider, int status, string? said) => new(
        ProviderFailure.Transient, "ProviderUnavailable", ErrorKind.ConnectionError, $"{provider.Name} keeps answering with status {status}{Quote(said)}.",
        $"Run the command again later; see {provider.Console} whether the provider has a disturbance.", provider.Name)
    { Status = status, Detail = said };

    /// <summary>The provider has closed this interface.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="said">What the provider said.</param>
    public static ProviderException Retired(GpuProviderInfo provider, string? said) => new(
        ProviderFailure.Retired, "ProviderApiRetired", ErrorKind.InvalidOperation, $"{provider.Name} has closed this version of its API{Quote(said)}.",
        $"Update LlmOps. Until then, use {provider.Console}.", provider.Name)
    { Status = 410, Detail = said };

    /// <summary>The answer made no sense.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="detail">What is wrong with it.</param>
    /// <param name="inner">The exception underneath.</param>
    public static ProviderException AnswerUnexpected(GpuProviderInfo provider, string detail, Exception? inner = null) => new(
        ProviderFailure.Protocol, "ProviderAnswerUnexpected", ErrorKind.InvalidResult, $"{provider.Name} gave an answer that makes no sense: {detail}",
        $"Look whether a proxy or a login page answers for {provider.Address.Authority}; if not, its API has changed: update LlmOps.", provider.Name, inner)
    { Detail = detail };

    /// <summary>The text is no public key of SSH. It is not shown: it may be a private one.</summary>
    public static LlmOpsException PublicKeyInvalid() => new(
        "SshPublicKeyInvalid", ErrorKind.InvalidArgument, "What was given as a public key is none: it should be one line such as 'ssh-ed25519 AAAA… comment'.",
        "Give the content of the file that ends in .pub, one key and one line.");

    /// <summary>The provider has no such image.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="image">The image.</param>
    /// <param name="known">Those that there are.</param>
    public static LlmOpsException ImageUnknown(string provider, string image, IReadOnlyList<string> known) => new(
        "ProviderImageUnknown", ErrorKind.ObjectNotFound, $"{provider} has no image '{image}'.", $"Name one of these with -Image: {string.Join(", ", known)}.", image);

    private static string Quote(string? said) => string.IsNullOrWhiteSpace(said) ? "" : $": {said.Trim().TrimEnd('.')}";
}
