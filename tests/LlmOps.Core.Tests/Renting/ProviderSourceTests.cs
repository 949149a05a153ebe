using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.State;

namespace LlmOps.Core.Tests.Renting;

/// <summary>A key that was given goes to the one provider that it is of.</summary>
public sealed class ProviderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_that_was_given_opens_one_provider_and_no_other()
    {
        using var key = SecureText.Hide("given-key")!;
        var source = Source(key);
        using var opened = source.Open("RunPod");
        Assert.Same(opened, source.Open("runpod"));
        using var simulated = source.Open("Simulated"); // takes no key
        Assert.Equal("ProviderKeyAmbiguous", Assert.Throws<LlmOpsException>(() => source.Open("Lambda")).ErrorId);
    }

    [Fact]
    public void Several_providers_with_one_key_are_refused_before_anybody_is_asked()
    {
        using var key = SecureText.Hide("given-key")!;
        Source(key).CheckKey(["RunPod", "runpod", "Simulated"]);
        Assert.Equal("ProviderKeyAmbiguous", Assert.Throws<LlmOpsException>(() => Source(key).CheckKey(["RunPod", "Lambda"])).ErrorId);
        Source(null).CheckKey(["RunPod", "Lambda"]);
    }

    private ProviderSource Source(System.Security.SecureString? key) => new(new ProviderEnvironment(_ => null, _folder.Path), new LlmOpsHome(_folder["home"]), "", 1, key, TimeProvider.System);
}
