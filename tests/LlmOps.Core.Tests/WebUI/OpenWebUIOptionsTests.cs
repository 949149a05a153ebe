using System.Net;
using LlmOps.Containers;
using LlmOps.State;
using LlmOps.WebUI;

namespace LlmOps.Core.Tests.WebUI;

public sealed class OpenWebUIOptionsTests
{
    private static readonly OpenWebUIOptions Options = new() { Name = "ui", Port = 3000, Endpoint = new Uri("http://172.17.0.1:8000/v1"), ApiKey = SecureText.Hide("sk-hidden"), Model = "Qwen/Qwen2.5" };

    [Fact]
    public void For_one_person_all_that_fetches_models_and_all_sign_in_is_off()
    {
        var open = OpenWebUIEnvironment.Open(Options).ToDictionary();
        Assert.Equal("False", open["WEBUI_AUTH"]);
        Assert.Equal("False", open["ENABLE_PERSISTENT_CONFIG"]);
        Assert.Equal("http://172.17.0.1:8000/v1", open["OPENAI_API_BASE_URL"]);
        Assert.Equal("True", open["BYPASS_EMBEDDING_AND_RETRIEVAL"]);
        Assert.Equal("openai", open["AUDIO_STT_ENGINE"]);
        Assert.Equal("Qwen/Qwen2.5", open["DEFAULT_MODELS"]);
        Assert.Equal("http://127.0.0.1:3000;http://localhost:3000", open["CORS_ALLOW_ORIGIN"]);
        Assert.DoesNotContain("OPENAI_API_KEY", open.Keys);
        Assert.Equal(["OPENAI_API_KEY"], OpenWebUIEnvironment.Secret(Options).Select(variable => variable.Name));
    }

    [Fact]
    public void What_is_enabled_is_left_to_the_image()
    {
        var open = OpenWebUIEnvironment.Open(Options with { EnableRag = true, EnableSpeech = true, ApiKey = null }).ToDictionary();
        Assert.DoesNotContain(open.Keys, name => name.StartsWith("RAG_", StringComparison.Ordinal) || name.StartsWith("AUDIO_", StringComparison.Ordinal) || name.StartsWith("BYPASS", StringComparison.Ordinal));
        Assert.Equal("none", open["OPENAI_API_KEY"]);
    }

    [Fact]
    public void Data_with_and_without_sign_in_are_kept_apart()
    {
        Assert.Null(Options.Volume);
        Assert.Equal("llmops-ui", (Options with { Persist = true }).Volume);
        Assert.Equal("llmops-ui-auth", (Options with { Persist = true, Auth = true }).Volume);
    }

    [Fact]
    public void Neither_the_arguments_nor_the_compose_file_hold_a_secret()
    {
        var options = Options with { AdminEmail = "a@b", AdminPassword = SecureText.Hide("sk-hidden"), Environment = new Dictionary<string, System.Security.SecureString> { ["X"] = SecureText.Hide("sk-hidden")! } };
        Assert.DoesNotContain("sk-hidden", string.Join(' ', OpenWebUIContainer.Create(options, new ContainerImage(["bash", "start.sh"], true))), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-hidden", ComposeFile.Write(options, ComposeFile.UsualCommand), StringComparison.Ordinal);
        Assert.Equal(["OPENAI_API_KEY", "WEBUI_ADMIN_EMAIL", "WEBUI_ADMIN_PASSWORD", "X"], ComposeFile.SecretNames(options));
    }

    [Fact]
    public void A_dollar_sign_and_a_quote_survive_a_compose_file()
    {
        var file = ComposeFile.Write(Options with { Model = "a\"b$c" }, ComposeFile.UsualCommand);
        Assert.Contains("""DEFAULT_MODELS: "a\"b$$c" """.TrimEnd(), file, StringComparison.Ordinal);
        Assert.Contains("""- ". /run/secrets/openwebui_env && exec \"$$@\"" """.TrimEnd(), file, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_reached_at_loopback_where_it_listens_everywhere() => Assert.Equal("http://127.0.0.1:3000/", (Options with { BindAddress = IPAddress.Any }).PageUri.AbsoluteUri);
}
