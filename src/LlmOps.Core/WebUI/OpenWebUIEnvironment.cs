using System.Security;
using LlmOps.State;

namespace LlmOps.WebUI;

/// <summary>
/// The variables that Open WebUI is started with (docs.openwebui.com, "Environment Variable Configuration"). Most of its settings go into its database at the first start and are read from there ever
/// after; <c>ENABLE_PERSISTENT_CONFIG=False</c> keeps that from happening, so that a tunnel's new port is not ignored at the second start.
/// </summary>
internal static class OpenWebUIEnvironment
{
    /// <summary>The variables that everybody may see.</summary>
    /// <param name="options">What it is to be.</param>
    public static IReadOnlyList<(string Name, string Value)> Open(OpenWebUIOptions options)
    {
        var variables = new List<(string, string)>
        {
            ("WEBUI_AUTH", options.Auth ? "True" : "False"),
            ("ENABLE_PERSISTENT_CONFIG", "False"),
            ("CORS_ALLOW_ORIGIN", string.Join(';', Origins(options))), // its default lets every page of the web use an open WebUI on this machine
            ("ENABLE_OLLAMA_API", "False"),
            ("ENABLE_OPENAI_API", "True"),
            ("OPENAI_API_BASE_URL", options.Endpoint.AbsoluteUri.TrimEnd('/')),
            ("ENABLE_EVALUATION_ARENA_MODELS", "False"),
            ("ENABLE_COMMUNITY_SHARING", "False"),
            ("ENABLE_VERSION_UPDATE_CHECK", "False"),
        };
        if (options.ApiKey is null) variables.Add(("OPENAI_API_KEY", "none"));
        if (options.Model is { } model) variables.Add(("DEFAULT_MODELS", model));
        if (!options.EnableRag) variables.AddRange([("BYPASS_EMBEDDING_AND_RETRIEVAL", "True"), ("RAG_EMBEDDING_ENGINE", "openai")]); // the latter loads no embedding model into the process
        if (!options.EnableSpeech) variables.AddRange([("AUDIO_STT_ENGINE", "openai"), ("AUDIO_TTS_ENGINE", "")]); // the former loads no Whisper
        if (options.Persist) variables.Add(("WEBUI_SECRET_KEY_FILE", OpenWebUIOptions.DataFolder + "/.webui_secret_key")); // sessions outlive the container
        return variables;
    }

    /// <summary>The variables that nobody may see.</summary>
    /// <param name="options">What it is to be.</param>
    public static IReadOnlyList<(string Name, SecureString Value)> Secret(OpenWebUIOptions options)
    {
        var variables = new List<(string, SecureString)>();
        if (options.ApiKey is { } key) variables.Add(("OPENAI_API_KEY", key));
        if (options is { AdminEmail: { } email, AdminPassword: { } password }) variables.AddRange([("WEBUI_ADMIN_EMAIL", SecureText.Hide(email)!), ("WEBUI_ADMIN_PASSWORD", password)]);
        variables.AddRange(options.Environment.Select(variable => (variable.Key, variable.Value))); // last: what the user says holds
        return variables;
    }

    private static IEnumerable<string> Origins(OpenWebUIOptions options)
    {
        yield return options.PageUri.GetLeftPart(UriPartial.Authority);
        if (options.PageUri.IsLoopback) yield return $"http://localhost:{options.Port}";
    }
}
