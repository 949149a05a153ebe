namespace LlmOps.Simulator.Http;

/// <summary>A request as it came.</summary>
internal sealed record HttpRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The path, its escapes undone except that of a slash.</summary>
    public string Path { get; } = Uri.UnescapeDataString(Target.Split('?')[0].Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));

    public IReadOnlyDictionary<string, string> Query { get; } = Target.Contains('?', StringComparison.Ordinal)
        ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .GroupBy(pair => Uri.UnescapeDataString(pair[0]), pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : "")
            .ToDictionary(group => group.Key, group => group.Last())
        : new Dictionary<string, string>();

    public bool IsHead => Method == "HEAD";

    public bool WantsClose => Headers.GetValueOrDefault("Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The token after <c>Authorization: Bearer</c>, or null.</summary>
    public string? BearerToken => Headers.GetValueOrDefault("Authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : null;
}
