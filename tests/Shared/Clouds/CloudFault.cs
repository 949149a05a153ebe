namespace LlmOps.Testing.Clouds;

/// <summary>How a fake cloud fails at a request.</summary>
/// <param name="Matches">The requests that it fails at.</param>
/// <param name="Answer">What is answered instead; null lets the connection break.</param>
/// <param name="Commits">Whether the request is carried out all the same.</param>
/// <param name="Times">How often.</param>
internal sealed record CloudFault(Func<CloudRequest, bool> Matches, CloudAnswer? Answer, bool Commits = false, int Times = 1)
{
    private int _left = Times;

    public bool Takes(CloudRequest request) => _left > 0 && Matches(request) && Interlocked.Decrement(ref _left) >= 0;

    public static CloudFault At(string method, string part, CloudAnswer? answer, bool commits = false, int times = 1) =>
        new(request => request.Method == method && request.Path.Contains(part, StringComparison.Ordinal), answer, commits, times);
}
