using LlmOps.Providers;
using LlmOps.State;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;
using static LlmOps.Core.Tests.Providers.CloudClients;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Where keys come from, and that they go to the provider and nowhere else.</summary>
public sealed class ProviderKeyTests
{
    public static TheoryData<string> Providers => new(ProviderCatalog.Names);

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_that_is_refused_is_in_no_failure_and_is_sent_once(string name)
    {
        await using var cloud = Make(name);
        const string secret = "canary-0123456789abcdef";
        using var provider = Open(cloud, key: secret);
        foreach (var act in new Func<Task>[] { () => provider.ListAsync(default), () => provider.TestKeyAsync(default), () => provider.FindOffersAsync(new OfferQuery(), default), () => provider.TerminateAsync("x", default) })
        {
            var before = cloud.Requests.Count;
            var failure = await Assert.ThrowsAsync<ProviderException>(act);
            Assert.Equal(ProviderFailure.KeyRefused, failure.Failure);
            Assert.DoesNotContain(secret, failure + failure.RecommendedAction + failure.Detail, StringComparison.Ordinal);
            Assert.Contains(provider.Info.KeyVariables[0], failure.Message, StringComparison.Ordinal);
            if (name != "RunPod") Assert.Equal(before + 1, cloud.Requests.Count); // RunPod is asked for four sizes at once
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_that_the_provider_repeats_is_blotted_out(string name)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cloud = Make(name);
        using var provider = Open(cloud, clock);
        foreach (var status in new[] { 400, 401, 403, 404, 409, 422, 429, 500 })
        {
            cloud.Fail(new CloudFault(_ => true, new CloudAnswer(status, $$$"""{"detail":"key {{{cloud.Key}}} is bad","error":{"code":"x","message":"key {{{cloud.Key}}} is bad"}}"""), Times: status is 429 or 500 ? 5 : 1));
            var failure = await Record.ExceptionAsync(() => ForwardAsync(clock, provider.ListAsync(default)));
            if (failure is null) continue;
            Assert.DoesNotContain(cloud.Key, failure + ((ProviderException)failure).Detail, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_is_in_a_header_and_never_in_an_address_or_a_body(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud);
        var made = await provider.CreateAsync(await SpecAsync(provider), default);
        await provider.TestKeyAsync(default);
        await provider.TerminateAsync(made.Id, default);

        Assert.All(cloud.Requests, request => Assert.DoesNotContain(cloud.Key, request.Path + request.Body + string.Join(" ", request.Query.Values), StringComparison.Ordinal));
    }

    [Theory, InlineData("RunPod"), InlineData("MassedCompute")]
    public async Task A_key_that_may_only_read_is_told_before_anything_is_tried(string name)
    {
        await using var cloud = Make(name);
        using var provider = Open(cloud, key: cloud.ReadOnlyKey);

        var status = await provider.TestKeyAsync(default);

        Assert.Equal((true, false), (status.IsReadOnly!.Value, status.CanRent!.Value));
        using var full = Open(cloud);
        Assert.False((await full.TestKeyAsync(default)).IsReadOnly);
        Assert.Empty(cloud.Account.Machines);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_that_may_only_read_rents_nothing_and_the_failure_says_so(string name)
    {
        await using var cloud = Make(name);
        using var writer = Open(cloud);
        var spec = await SpecAsync(writer);
        using var provider = Open(cloud, key: cloud.ReadOnlyKey);

        var failure = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default));

        Assert.Equal((ProviderFailure.Forbidden, "ProviderForbidden", false), (failure.Failure, failure.ErrorId, failure.MachineMayExist));
    }

    [Theory]
    [InlineData("RunPod", ".runpod/config.toml", "[default]\napi_key = \"file-key\"\n")]
    [InlineData("RunPod", ".runpod/config.toml", "apikey = 'file-key'\napiurl = 'https://api.runpod.io/graphql'\n")]
    [InlineData("MassedCompute", ".config/massed-compute/config.json", "{\"baseUrl\": \"https://vm.massedcompute.com\", \"apiKey\": \"file-key\"}")]
    [InlineData("Shadeform", ".shadeform/api_key", "file-key\n")]
    [InlineData("Lambda", ".lambda_cloud/lambda_keys", "api_key = file-key\n")]
    public void The_file_of_the_providers_own_program_is_read(string name, string file, string text)
    {
        using var home = new TemporaryFolder();
        var path = Path.Join(home.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);

        var key = new ProviderCatalog(new ProviderEnvironment(_ => null, home.Path), TimeProvider.System).FindKey(name);

        Assert.Equal("file-key", key!.Reveal());
        Assert.Equal("~/" + file, key.Source);
        Assert.DoesNotContain("file-key", key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_goes_before_a_file_and_what_was_given_before_both()
    {
        using var home = new TemporaryFolder();
        Directory.CreateDirectory(Path.Join(home.Path, ".shadeform"));
        File.WriteAllText(Path.Join(home.Path, ".shadeform/api_key"), "of-file");
        var environment = new ProviderEnvironment(name => name == "SHADEFORM_API_KEY" ? " of-variable\n" : null, home.Path);

        Assert.Equal("of-variable", new ProviderCatalog(environment, TimeProvider.System).FindKey("shadeform")!.Reveal());
        Assert.Equal(["Shadeform"], new ProviderCatalog(environment, TimeProvider.System).Configured.Select(provider => provider.Name));
        Assert.Equal("given", ProviderKey.Of(SecureText.Hide("given")!, "-ApiKey", "Shadeform").Reveal());
    }

    [Theory, InlineData("two words"), InlineData("schlüssel"), InlineData("line\nend")]
    public void What_can_not_be_a_key_is_refused_and_not_shown(string text)
    {
        var environment = new ProviderEnvironment(name => name == "RUNPOD_API_KEY" ? text : null, Path.GetTempPath());

        var failure = Assert.Throws<LlmOpsException>(() => new ProviderCatalog(environment, TimeProvider.System).Open("RunPod"));

        Assert.Equal("ProviderKeyInvalid", failure.ErrorId);
        Assert.DoesNotContain(text, failure.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("http://example.com/v2"), InlineData("https://user:secret@example.com"), InlineData("ftp://127.0.0.1"), InlineData("nonsense")]
    public void A_key_goes_to_no_address_that_is_open_to_others(string address)
    {
        var environment = new ProviderEnvironment(name => name switch { "LLMOPS_RUNPOD_URL" => address, "RUNPOD_API_KEY" => "k", _ => null }, Path.GetTempPath());

        var failure = Assert.Throws<LlmOpsException>(() => new ProviderCatalog(environment, TimeProvider.System).Open("RunPod"));

        Assert.Equal("ProviderAddressInvalid", failure.ErrorId);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_key_the_failure_names_the_variable_and_the_page()
    {
        var failure = Assert.Throws<LlmOpsException>(() => new ProviderCatalog(new ProviderEnvironment(_ => null, Path.GetTempPath()), TimeProvider.System).Open("runpod"));

        Assert.Equal("ProviderKeyMissing", failure.ErrorId);
        Assert.Contains("RUNPOD_API_KEY", failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory, InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nabc"), InlineData("SHA256:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"), InlineData("~/.ssh/id_ed25519.pub"), InlineData(PublicKey + "\n" + PublicKey), InlineData("")]
    public async Task What_is_no_public_key_is_sent_to_nobody(string text)
    {
        await using var cloud = new FakeRunPod();
        using var provider = Open(cloud);
        var spec = await SpecAsync(provider);
        var before = cloud.Requests.Count;

        Assert.Equal("SshPublicKeyInvalid", (await Assert.ThrowsAsync<LlmOpsException>(() => provider.CreateAsync(spec with { SshPublicKey = text }, default))).ErrorId);
        Assert.Equal(before, cloud.Requests.Count);
    }
}
