using LlmOps.Providers;
using LlmOps.Testing.Clouds;
using LlmOps.Tests.Scenarios;

namespace LlmOps.Tests.Renting;

/// <summary>Find-GpuOffer and Test-GpuProvider as a user meets them, over fakes of the four providers.</summary>
public sealed class OfferCmdletTests : IAsyncLifetime
{
    private readonly Session _session = new();
    private readonly FakeCloud[] _clouds = [new FakeRunPod(), new FakeMassed(), new FakeShadeform(), new FakeLambda()];

    public Task InitializeAsync()
    {
        // The user's own keys are no business of tests.
        _session.SetEnvironment("HOME", _session.Folder);
        foreach (var cloud in _clouds)
        {
            _session.SetEnvironment(ProviderEnvironment.AddressVariable(cloud.Provider), cloud.Address.AbsoluteUri);
            _session.SetEnvironment(Variable(cloud), cloud.Key);
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _session.Dispose();
        foreach (var cloud in _clouds) await cloud.DisposeAsync();
    }

    [Fact]
    public void Offers_of_all_providers_come_the_cheapest_first()
    {
        var offers = _session.Invoke("Find-GpuOffer").All<GpuOffer>();

        Assert.Equal(4, offers.Select(offer => offer.Provider).Distinct().Count());
        Assert.Equal(offers.Select(offer => offer.PricePerHour).Order(), offers.Select(offer => offer.PricePerHour));
    }

    [Fact]
    public void A_GPU_is_known_by_any_of_its_names_and_without_its_memory_stands_for_all_sizes()
    {
        Assert.All(_session.Invoke("Find-GpuOffer 'NVIDIA A40' -GpuCount 2").All<GpuOffer>(), offer => Assert.Equal(("A40", 2), (offer.Gpu, offer.GpuCount)));
        Assert.Contains(_session.Invoke("Find-GpuOffer A100").All<GpuOffer>(), offer => offer.Gpu == "A100 80GB");
        Assert.Equal(["GpuUnknown"], _session.Invoke("Find-GpuOffer A4O").ErrorIds);
    }

    [Fact]
    public void Filters_leave_out_what_does_not_fit()
    {
        var offers = _session.Invoke("Find-GpuOffer -MinMemory 96GB -MaxPricePerHour 1.2 -Secure -Region eu-*,kansas*").All<GpuOffer>();

        Assert.NotEmpty(offers);
        Assert.All(offers, offer => Assert.True(offer.Memory >= 96L << 30 && offer.PricePerHour <= 1.2m && offer.IsSecure));
        Assert.Equal(["EU-RO-1", "kansascity-usa-1"], offers.SelectMany(offer => offer.Regions).Distinct().Order(StringComparer.Ordinal));
        Assert.All(_session.Invoke("Find-GpuOffer -Spot").All<GpuOffer>(), offer => Assert.True(offer.IsSpot));
    }

    [Fact]
    public void One_provider_down_is_a_warning_and_two_named_the_same_are_one()
    {
        _clouds[3].Fail(new CloudFault(_ => true, new CloudAnswer(200, "nonsense"), Times: 9));

        var result = _session.Invoke("Find-GpuOffer -Provider Lambda, lambda, RunPod -Gpu A40");

        Assert.Empty(result.ErrorIds);
        Assert.Contains("Lambda", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.NotEmpty(result.All<GpuOffer>());
    }

    [Fact]
    public void With_a_model_only_what_it_fits_on_comes_with_what_a_dollar_buys()
    {
        ((FakeRunPod)_clouds[0]).Catalog.Add(("NVIDIA Nimbus 9000", 96, 0.10m, 0, 8, ["EU-RO-1"]));
        _session.SetVariable("model", MakeModel());

        var result = _session.Invoke("Find-GpuOffer -Model $model -Context 32k -Concurrency 4").NoErrors();
        var offers = result.All<GpuOffer>();

        Assert.Contains(offers, offer => offer is { Gpu: "A40", GpuCount: 1, FitsContext: > 100_000, TokensPerSecond: > 1, EstimatedTokensPerDollar: > 1 });
        Assert.DoesNotContain(offers, offer => offer is { Gpu: "A10" } or { Gpu: "RTX 4090", GpuCount: 1 });
        Assert.Equal(offers.Select(offer => offer.PricePerHour).Order(), offers.Select(offer => offer.PricePerHour));
        Assert.Contains("Nimbus 9000", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.True(_session.Invoke("Find-GpuOffer -Model $model -Context 8k").All<GpuOffer>().Count > offers.Count);
        Assert.Equal(offers.Count, _session.Invoke("Find-GpuOffer -Cached -Model $model -Context 32k -Concurrency 4").All<GpuOffer>().Count);
        var shown = _session.Show("Find-GpuOffer -Provider RunPod -Model $model -Context 32k");
        Assert.Contains("~Mtok/$", shown, StringComparison.Ordinal);
        Assert.All(shown.Split('\n').Where(line => !line.StartsWith("WARNING", StringComparison.Ordinal)), line => Assert.True(line.TrimEnd().Length <= 100, line));
    }

    [Theory]
    [InlineData("Find-GpuOffer -Model $model -Context long", "ContextLengthInvalid")]
    [InlineData("Find-GpuOffer -Model /no/such/folder", "PlanModelNotFound")]
    public void A_model_or_a_context_that_is_none_asks_no_provider(string script, string id)
    {
        _session.SetVariable("model", MakeModel());

        Assert.Equal([id], _session.Invoke(script).ErrorIds);
        Assert.All(_clouds, cloud => Assert.Empty(cloud.Requests));
    }

    [Fact]
    public async Task Prices_that_were_seen_are_there_without_a_network()
    {
        Assert.Equal(["NoCachedOffers"], _session.Invoke("Find-GpuOffer -Cached").ErrorIds);
        var seen = _session.Invoke("Find-GpuOffer").All<GpuOffer>().Count;
        foreach (var cloud in _clouds) await cloud.DisposeAsync();

        var kept = _session.Invoke("Find-GpuOffer -Cached");

        Assert.Equal(seen, kept.All<GpuOffer>().Count);
        Assert.All(kept.All<GpuOffer>(), offer => Assert.True(offer.Age >= TimeSpan.Zero));
        Assert.Contains("EU-RO-1", _session.Complete("Find-GpuOffer -Region EU").Select(result => result.CompletionText));
    }

    [Fact]
    public void A_key_is_checked_and_one_that_may_only_read_is_an_error_besides()
    {
        Assert.Equal(4, _session.Invoke("Test-GpuProvider").All<AccountStatus>().Count);
        _session.SetVariable("key", _clouds[0].ReadOnlyKey);

        var result = _session.Invoke("Test-GpuProvider RunPod -ApiKey $key");

        Assert.Equal((true, "-ApiKey"), (result.Single<AccountStatus>().IsReadOnly, result.Single<AccountStatus>().KeySource));
        Assert.Equal(["ProviderKeyReadOnly"], result.ErrorIds);
        Assert.All(_clouds, cloud => Assert.Empty(cloud.Account.Machines));
    }

    [Fact]
    public void Bad_input_is_refused_before_anybody_is_asked()
    {
        Assert.Equal(["ProviderUnknown"], _session.Invoke("Find-GpuOffer -Provider Nimbus").ErrorIds);
        Assert.Equal(["ProviderKeyAmbiguous"], _session.Invoke("Find-GpuOffer -ApiKey x").ErrorIds);
        Assert.Equal(["ProviderTimeoutInvalid"], _session.Invoke("Find-GpuOffer -Timeout 0").ErrorIds);
        foreach (var cloud in _clouds) _session.SetEnvironment(Variable(cloud), null);
        Assert.Equal(["NoProviderConfigured"], _session.Invoke("Find-GpuOffer").ErrorIds);
        Assert.Equal(["ProviderKeyMissing"], _session.Invoke("Test-GpuProvider Lambda").ErrorIds);
        Assert.All(_clouds, cloud => Assert.Empty(cloud.Requests));
    }

    [Fact]
    public void No_key_is_shown_anywhere()
    {
        var canaries = new Canaries();
        foreach (var cloud in _clouds)
        {
            var secret = canaries.Make(cloud.Provider);
            cloud.Key = secret;
            _session.SetEnvironment(Variable(cloud), secret);
            cloud.Fail(new CloudFault(_ => true, new CloudAnswer(400, $$"""{"detail":"{{secret}}","error":"{{secret}}"}"""), Times: 99));
        }

        foreach (var script in new[] { "Find-GpuOffer -Verbose -Debug", "Test-GpuProvider -Verbose -Debug", "Test-GpuProvider RunPod -ErrorAction Stop" }) Assert.Empty(canaries.In(_session.Invoke(script)));
        Assert.Empty(canaries.InFolder(_session.Folder));
    }

    [Fact]
    public void A_table_of_offers_fits_the_screen()
    {
        var shown = _session.Show("Find-GpuOffer -Provider MassedCompute, RunPod");

        Assert.Contains("RTX A6000", shown, StringComparison.Ordinal);
        Assert.Contains("19 free", shown, StringComparison.Ordinal);
        Assert.All(shown.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
    }

    private string MakeModel()
    {
        var model = Directory.CreateDirectory(Path.Join(_session.Folder, "llama-8b")).FullName;
        File.WriteAllText(
            Path.Join(model, "config.json"),
            """{"architectures":["LlamaForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072}""");
        using var weights = File.Create(Path.Join(model, "model.safetensors"));
        weights.SetLength(16_060_522_496);
        return model;
    }

    private static string Variable(FakeCloud cloud) => cloud.Provider switch { "RunPod" => "RUNPOD_API_KEY", "MassedCompute" => "MASSED_COMPUTE_API_KEY", "Shadeform" => "SHADEFORM_API_KEY", _ => "LAMBDA_API_KEY" };
}
