namespace LlmOps.Hub;

/// <summary>
/// Keeps all connections together within what a host allows: the Hub says with every answer how many requests of a kind are left until when
/// (<c>RateLimit: "resolvers";r=2998;t=172</c>, and kinds are counted apart), and any host may ask to be left alone for a while (429).
/// </summary>
internal sealed class HubPace(TimeProvider time)
{
    private const string ResolveKind = "resolvers";
    private const string ApiKind = "api";

    private static readonly TimeSpan ProbePoll = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Quota> _quotas = new(StringComparer.Ordinal);
    private int _waiting;

    /// <summary>True while requests are held back.</summary>
    public bool IsPaused => Volatile.Read(ref _waiting) > 0;

    /// <summary>Waits until a request may be sent.</summary>
    public async Task EnterAsync(Uri address, CancellationToken cancel)
    {
        while (true)
        {
            TimeSpan wait;
            lock (_gate)
            {
                var quota = Of(KindOf(address));
                wait = quota.Until is { } until ? time.GetElapsedTime(time.GetTimestamp(), until) : TimeSpan.Zero;
                if (wait <= TimeSpan.Zero)
                {
                    quota.Until = null;
                    // A host may count and yet not refuse: when the quota is used up, a single request finds out.
                    if (quota.Left is null or > 0 || quota.IsEnforced == false || quota.TryProbe())
                    {
                        quota.Left--;
                        quota.Flying++;
                        return;
                    }

                    // Used up; it is full again when the window ends.
                    wait = time.GetElapsedTime(time.GetTimestamp(), quota.Reset);
                    if (wait <= TimeSpan.Zero)
                    {
                        quota.Left = null;
                        continue;
                    }

                    if (quota.IsEnforced is null) wait = ProbePoll;
                }
            }

            Interlocked.Increment(ref _waiting);
            try
            {
                await Task.Delay(wait, time, cancel).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    /// <summary>Learns from an answer; null if none came.</summary>
    public void Leave(Uri address, HttpResponseMessage? response)
    {
        lock (_gate)
        {
            var quota = Of(KindOf(address));
            quota.Flying--;
            quota.Judge((int?)response?.StatusCode ?? 0);
            if (response is null) return;
            if ((int)response.StatusCode == 429 && RetryDelay.From(response, time) is { } asked && asked > TimeSpan.Zero)
                quota.Until = Math.Max(quota.Until ?? 0, After(asked));
            foreach (var limit in RateLimit.AllOf(response).Take(1))
            {
                // Requests under way are counted or not, as it happens; count them twice rather than not at all.
                quota.Left = Math.Max(0, limit.Left - quota.Flying);
                quota.Reset = After(limit.Reset + RetryDelay.Margin);
            }
        }
    }

    private static string KindOf(Uri address) =>
        address.AbsolutePath.Contains("/resolve/", StringComparison.Ordinal) || address.AbsolutePath.StartsWith("/api/resolve-cache/", StringComparison.Ordinal) ? $"{address.Authority} {ResolveKind}"
        : address.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal) ? $"{address.Authority} {ApiKind}"
        : address.Authority;

    private Quota Of(string kind)
    {
        if (!_quotas.TryGetValue(kind, out var quota)) _quotas[kind] = quota = new Quota();
        return quota;
    }

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)((wait < RetryDelay.Longest ? wait : RetryDelay.Longest).TotalSeconds * time.TimestampFrequency);

    private sealed class Quota
    {
        public long? Left { get; set; }

        public long Reset { get; set; }

        public long? Until { get; set; }

        public int Flying { get; set; }

        /// <summary>Whether requests beyond the quota are refused; null until one was made.</summary>
        public bool? IsEnforced { get; private set; }

        private bool IsProbing { get; set; }

        /// <summary>True for the first that asks after the quota was used up and all requests under way have been answered.</summary>
        public bool TryProbe() => IsEnforced is null && Flying == 0 && (IsProbing = true);

        /// <summary>Takes the status of an answer; 0 if none came.</summary>
        public void Judge(int status)
        {
            if (IsProbing && status > 0) IsEnforced = status == 429;
            IsProbing = false;
        }
    }
}
