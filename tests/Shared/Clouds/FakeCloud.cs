using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>
/// A provider's API on loopback, with an account in memory. It refuses what the vendor's schema refuses, and fails as it is told to. Its clock bills.
/// </summary>
internal abstract class FakeCloud : IAsyncDisposable
{
    private readonly CloudServer _server;
    private readonly List<CloudRequest> _requests = [];
    private readonly List<CloudFault> _faults = [];

    protected FakeCloud(TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        _server = new CloudServer(AnswerAsync);
    }

    /// <summary>The provider's name.</summary>
    public abstract string Provider { get; }

    public TimeProvider Time { get; }

    /// <summary>The address for <c>LLMOPS_&lt;PROVIDER&gt;_URL</c>.</summary>
    public Uri Address => new(_server.Address, BasePath);

    /// <summary>The key that may do everything.</summary>
    public string Key { get; set; } = "key-" + Guid.NewGuid().ToString("N");

    /// <summary>The key that may only read.</summary>
    public string ReadOnlyKey { get; } = "read-" + Guid.NewGuid().ToString("N");

    public CloudAccount Account { get; } = new();

    /// <summary>Fails by chance, where that is set; makes of each request what shall go wrong, or null.</summary>
    public Func<CloudRequest, CloudFault?>? Chance { get; set; }

    public IReadOnlyList<CloudRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    /// <summary>The path below which the API is.</summary>
    protected abstract string BasePath { get; }

    /// <summary>How a request says that it is from a client with the key.</summary>
    protected virtual string? KeyOf(CloudRequest request) => request.Header("Authorization") is { } value && value.StartsWith("Bearer ", StringComparison.Ordinal) ? value["Bearer ".Length..] : null;

    public void Fail(CloudFault fault)
    {
        lock (_faults) _faults.Add(fault);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>What the vendor answers without a key, or to one that it does not know.</summary>
    protected abstract CloudAnswer Unauthorized { get; }

    /// <summary>What the vendor answers when a key that may only read is to change something.</summary>
    protected abstract CloudAnswer Forbidden { get; }

    /// <summary>Answers a request with a good key.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path below <see cref="BasePath"/>, in parts.</param>
    protected abstract CloudAnswer Handle(CloudRequest request, string[] path);

    /// <summary>Whether a request only reads.</summary>
    protected virtual bool IsRead(CloudRequest request) => request.Method == "GET";

    /// <summary>What the vendor's firewall answers before anything else, or null.</summary>
    protected virtual CloudAnswer? Firewall(CloudRequest request) => null;

    /// <summary>The keys of an object that a schema does not have, and those that it wants and are not there; each as the vendor says it.</summary>
    protected static List<string> Check(JsonObject body, string[] allowed, string[] required) =>
    [
        .. body.Select(member => member.Key).Except(allowed).Select(key => $"$: additional properties '{key}' not allowed"),
        .. required.Where(key => !body.ContainsKey(key)).Select(key => $"$: missing property '{key}'"),
    ];

    private Task<CloudAnswer> AnswerAsync(CloudRequest request)
    {
        lock (_requests) _requests.Add(request);
        if (Firewall(request) is { } refused) return Task.FromResult(refused);
        var key = KeyOf(request);
        if (key != Key && key != ReadOnlyKey) return Task.FromResult(Unauthorized);
        if (key == ReadOnlyKey && !IsRead(request)) return Task.FromResult(Forbidden);
        CloudFault? fault;
        lock (_faults) fault = _faults.FirstOrDefault(candidate => candidate.Takes(request));
        fault ??= Chance?.Invoke(request);
        if (fault is { Commits: false }) return Task.FromResult(fault.Answer ?? CloudAnswer.Dropped);
        var answer = request.Path.StartsWith(BasePath, StringComparison.Ordinal) ? Handle(request, request.Path[BasePath.Length..].Trim('/').Split('/')) : CloudAnswer.Empty(404);
        return Task.FromResult(fault is null ? answer : fault.Answer ?? CloudAnswer.Dropped);
    }
}
