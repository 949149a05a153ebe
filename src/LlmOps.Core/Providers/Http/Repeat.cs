namespace LlmOps.Providers.Http;

/// <summary>When a request may be sent again.</summary>
internal enum Repeat
{
    /// <summary>After any failure that may pass: a read, or a change that is the same when it is made twice.</summary>
    Always,

    /// <summary>Only after a refusal for too many requests, since any other failure may have made something.</summary>
    WhenRateLimited,
}
