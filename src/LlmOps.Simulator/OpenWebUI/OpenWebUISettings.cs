namespace LlmOps.Simulator.OpenWebUI;

/// <summary>The variables of Open WebUI that the stand-in heeds.</summary>
internal sealed record OpenWebUISettings(string BaseUrl, string ApiKey, bool Auth, string AdminEmail, string AdminPassword, string Name)
{
    public static OpenWebUISettings FromEnvironment() => new(
        Value("OPENAI_API_BASE_URL", "https://api.openai.com/v1"), Value("OPENAI_API_KEY", ""), Value("WEBUI_AUTH", "True").Equals("true", StringComparison.OrdinalIgnoreCase),
        Value("WEBUI_ADMIN_EMAIL", ""), Value("WEBUI_ADMIN_PASSWORD", ""), Value("WEBUI_NAME", "Open WebUI"));

    private static string Value(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}
