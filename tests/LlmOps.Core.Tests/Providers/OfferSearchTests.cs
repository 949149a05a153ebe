using LlmOps.Providers;
using LlmOps.State;
using LlmOps.Testing.Clouds;
using Microsoft.Extensions.Time.Testing;
using static LlmOps.Core.Tests.Providers.CloudClients;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Asks several providers at once, of which some are ill.</summary>
public sealed class OfferSearchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task All_answer_and_the_filters_hold()
    {
        await using var clouds = new Clouds();
        var answers = await AllAsync(clouds, TimeProvider.System, new OfferQuery { MinMemory = 96L << 30, MaxPricePerHour = 2 });

        Assert.Equal(ProviderCatalog.Names.Order(), answers.Select(answer => answer.Provider).Order());
        Assert.All(answers.SelectMany(answer => answer.Offers), offer => Assert.True(offer.Memory >= 96L << 30 && offer.PricePerHour <= 2 && !offer.IsSpot, offer.ToString()));
        Assert.Contains(answers.SelectMany(answer => answer.Offers), offer => offer is { Gpu: "A40", GpuCount: 2, Provider: "RunPod" });
        Assert.Contains(answers.SelectMany(answer => answer.Offers), offer => offer is { Gpu: "RTX A6000", GpuCount: 2, Provider: "Shadeform" });
    }

    [Fact]
    public async Task One_that_fails_is_named_and_the_others_come()
    {
        await using var clouds = new Clouds();
        clouds["Lambda"].Fail(new CloudFault(_ => true, new CloudAnswer(200, "nonsense"), Times: 9));

        var answers = await AllAsync(clouds, TimeProvider.System, new OfferQuery());

        Assert.Equal("ProviderAnswerUnexpected", answers.Single(answer => answer.Provider == "Lambda").Failure!.ErrorId);
        Assert.All(answers.Where(answer => answer.Provider != "Lambda"), answer => Assert.NotEmpty(answer.Offers));
    }

    [Fact]
    public async Task One_that_is_dead_is_waited_for_until_its_limit_and_not_longer()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var clouds = new Clouds();
        using var dead = new Silent();
        var search = new OfferSearch(name => name == "Dead" ? dead : clouds.Open(name), Limit, clock);
        await using var answers = search.FindAsync([.. ProviderCatalog.Names, "Dead"], new OfferQuery(), default).GetAsyncEnumerator();
        for (var others = 0; others < 4; others++)
        {
            Assert.True(await answers.MoveNextAsync()); // while the clock stands still
            Assert.Null(answers.Current.Failure);
        }

        var last = answers.MoveNextAsync().AsTask();
        clock.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(last.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await last.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(("Dead", "ProviderTooSlow"), (answers.Current.Provider, answers.Current.Failure!.ErrorId));
    }

    [Fact]
    public async Task Without_a_network_there_is_what_was_kept()
    {
        using var home = new TemporaryFolder();
        var cache = new OfferCache(new LlmOpsHome(home.Path));
        Assert.Empty(cache.Read());
        await using var clouds = new Clouds();
        var found = (await AllAsync(clouds, TimeProvider.System, new OfferQuery())).SelectMany(answer => answer.Offers).ToList();

        cache.Write(ProviderCatalog.Names.ToList(), null, found);
        cache.Write(["RunPod"], 2, []);

        Assert.Equal(found.Where(offer => offer.Provider != "RunPod" || offer.GpuCount != 2).Select(offer => (offer.ToString(), offer.FetchedAt)), cache.Read().Select(offer => (offer.ToString(), offer.FetchedAt)));
        File.WriteAllText(Path.Join(home.Path, "offers.json"), "{ broken");
        Assert.Empty(cache.Read());
    }

    [Fact]
    public async Task Answers_that_nobody_would_expect_are_failures_or_nothing_and_never_break()
    {
        var random = new Random(5);
        await using var clouds = new Clouds();
        foreach (var name in ProviderCatalog.Names)
        {
            var cloud = clouds[name];
            using var provider = clouds.Open(name);
            await provider.CreateAsync(await SpecAsync(provider), default);
            var good = new List<CloudRequest>(cloud.Requests.Where(request => request.Method == "GET"));
            var texts = await Task.WhenAll(good.Select(async request => (request, Text: await GetAsync(cloud, request))));
            for (var run = 0; run < 60; run++)
            {
                var (request, text) = texts[run % texts.Length];
                var mutated = Mutate(text, random);
                cloud.Fail(new CloudFault(other => other.Path == request.Path, new CloudAnswer(200, mutated), Times: 4));
                foreach (var act in new Func<Task>[] { () => provider.FindOffersAsync(new OfferQuery(), default), () => provider.ListAsync(default) })
                {
                    var thrown = await Record.ExceptionAsync(act);
                    Assert.True(thrown is null or ProviderException, $"{name} {mutated}: {thrown}");
                }
            }
        }
    }

    private static async Task<string> GetAsync(FakeCloud cloud, CloudRequest request)
    {
        using var http = new HttpClient();
        foreach (var header in request.Headers.Where(header => header.Key is "Authorization" or "X-API-KEY" or "User-Agent")) http.DefaultRequestHeaders.TryAddWithoutValidation(header.Key, header.Value);
        return await http.GetStringAsync(new Uri(new Uri(cloud.Address, "/"), request.Path));
    }

    private static string Mutate(string text, Random random)
    {
        string[] values = ["null", "-1", "1e400", "\"\"", "[]", "{}", "true", "99999999999999999999", "\"\\u0000\""];
        for (var times = random.Next(1, 4); times > 0 && text.Length > 3; times--)
        {
            var at = random.Next(text.Length - 1);
            text = random.Next(4) switch
            {
                0 => text[..at],
                1 => text.Remove(at, 1),
                2 => text[..at] + (char)random.Next(32, 127) + text[at..],
                _ when text.IndexOf(':', at) is > 0 and var colon && text.IndexOfAny([',', '}'], colon) is > 0 and var end => text[..(colon + 1)] + values[random.Next(values.Length)] + text[end..],
                _ => text,
            };
        }

        return text;
    }

    private static async Task<List<OfferAnswer>> AllAsync(Clouds clouds, TimeProvider time, OfferQuery query)
    {
        var answers = new List<OfferAnswer>();
        await foreach (var answer in new OfferSearch(clouds.Open, Limit, time).FindAsync(ProviderCatalog.Names, query, default)) answers.Add(answer);
        return answers;
    }

    private sealed class Clouds : IAsyncDisposable
    {
        private readonly Dictionary<string, FakeCloud> _clouds = ProviderCatalog.Names.ToDictionary(name => name, name => Make(name));

        public FakeCloud this[string name] => _clouds[name];

        public IGpuProvider Open(string name) => CloudClients.Open(_clouds[name]);

        public async ValueTask DisposeAsync()
        {
            foreach (var cloud in _clouds.Values) await cloud.DisposeAsync();
        }
    }

    /// <summary>A provider that never answers, whatever token it is given.</summary>
    private sealed class Silent : IGpuProvider
    {
        private readonly TaskCompletionSource<IReadOnlyList<GpuOffer>> _never = new();

        public GpuProviderInfo Info => throw new NotSupportedException();

        public Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel) => _never.Task;

        public Task<AccountStatus> TestKeyAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel) => throw new NotSupportedException();

        public Task<RentedMachine?> FindAsync(string id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<Termination> TerminateAsync(string id, CancellationToken cancel) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
