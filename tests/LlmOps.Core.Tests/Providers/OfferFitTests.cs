using System.Text;
using LlmOps.Planning;
using LlmOps.Providers;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Of offers those on which a model fits, with what they give for the money.</summary>
public sealed class OfferFitTests
{
    private static readonly ModelMetadata Llama8 = new()
    {
        Name = "acme/llama-8b",
        WeightBytes = 16_060_522_496,
        WeightSource = "files",
        Architecture = ModelConfigReader.Read(Encoding.UTF8.GetBytes("""{"architectures":["LlamaForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072}""")),
    };

    [Fact]
    public void What_is_too_small_is_left_out_and_the_rest_says_how_it_fits()
    {
        var fit = new OfferFit(Llama8, new FitRequest { Context = 32_000, Concurrency = 4 }, new FitPlanner());

        Assert.Null(fit.Of(Offer("RTX 3080", 10, 1)));
        Assert.Null(fit.Of(Offer("RTX 4090", 24, 1))); // 15 GiB of weights, and 15.6 GiB of keys and values
        var kept = fit.Of(Offer("A40", 48, 1))!;

        Assert.Equal((true, 4, 32_000), (kept.Fit!.Fits, kept.Fit.Concurrency, kept.Fit.Context));
        Assert.InRange(kept.FitsContext!.Value, 128_000, 131_072);
        Assert.Equal(kept.Fit.TokensPerSecond, kept.TokensPerSecond);
        Assert.NotNull(fit.Of(Offer("RTX 4090", 24, 2)));
        Assert.Empty(fit.UnknownGpus);
    }

    [Fact]
    public void Tokens_for_a_dollar_count_all_requests_and_go_with_the_price()
    {
        var one = new OfferFit(Llama8, new FitRequest { Context = 8192 }, new FitPlanner()).Of(Offer("A40", 48, 1, 0.5m))!;
        var eight = new OfferFit(Llama8, new FitRequest { Context = 8192, Concurrency = 8 }, new FitPlanner());

        Assert.Equal(one.TokensPerSecond!.Value * 3600 / 0.5, one.EstimatedTokensPerDollar!.Value, 3);
        var cheap = eight.Of(Offer("A40", 48, 1, 0.5m))!;
        Assert.Equal(cheap.TokensPerSecond!.Value * 8 * 3600 / 0.5, cheap.EstimatedTokensPerDollar!.Value, 3);
        Assert.Equal(cheap.EstimatedTokensPerDollar.Value / 4, eight.Of(Offer("A40", 48, 1, 2))!.EstimatedTokensPerDollar!.Value, 3);
        // A40: 696 GB/s, and each token of one request reads 15 GB of weights and 1.1 GB of keys and values.
        Assert.InRange(one.TokensPerSecond.Value, 38, 47);
    }

    [Fact]
    public void A_GPU_that_nobody_knows_is_named_and_left_out()
    {
        var fit = new OfferFit(Llama8, new FitRequest { Context = 8192 }, new FitPlanner());

        Assert.Null(fit.Of(Offer("Nimbus 9000", 999, 8)));
        Assert.Null(fit.Of(Offer("Nimbus 9000", 999, 4)));
        Assert.Equal(["Nimbus 9000"], fit.UnknownGpus);
    }

    [Fact]
    public void A_slice_of_a_card_has_the_memory_that_the_provider_tells()
    {
        var fit = new OfferFit(Llama8, new FitRequest { Context = 32_000, Concurrency = 4 }, new FitPlanner());

        Assert.NotNull(fit.Of(Offer("A40", 48, 1)));
        Assert.NotNull(fit.Of(Offer("A40", 46, 1))); // another way of counting the same card
        Assert.Null(fit.Of(Offer("A40", 24, 1)));
        Assert.NotNull(fit.Of(Offer("A40", null, 1)));
    }

    [Fact]
    public void Without_a_model_an_offer_tells_none_of_it()
    {
        var offer = Offer("A40", 48, 2);

        Assert.Equal((null, null, null), (offer.FitsContext, offer.TokensPerSecond, offer.EstimatedTokensPerDollar));
    }

    private static GpuOffer Offer(string gpu, int? memory, int count, decimal price = 1) => new()
    {
        Provider = "RunPod",
        Product = gpu,
        Gpu = gpu,
        GpuCount = count,
        MemoryPerGpu = memory * (1L << 30),
        PricePerHour = price,
        FetchedAt = DateTimeOffset.UnixEpoch,
    };
}
