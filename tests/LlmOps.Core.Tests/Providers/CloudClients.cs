using LlmOps.Providers;
using LlmOps.Testing.Clouds;

namespace LlmOps.Core.Tests.Providers;

/// <summary>Makes fake clouds and real clients of them, which speak HTTP over a socket.</summary>
internal static class CloudClients
{
    public const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq7v8l3m0h8oQ5e1W2r3t4y5u6i7o8p9a0s1d2f3g4h someone@example";

    public static FakeCloud Make(string provider, TimeProvider? time = null) => provider switch
    {
        "RunPod" => new FakeRunPod(time),
        "MassedCompute" => new FakeMassed(time),
        "Shadeform" => new FakeShadeform(time),
        _ => new FakeLambda(time),
    };

    public static ProviderCatalog Catalog(FakeCloud cloud, TimeProvider? time = null, string? key = null) => new(
        new ProviderEnvironment(
            name => name == ProviderEnvironment.AddressVariable(cloud.Provider) ? cloud.Address.AbsoluteUri : name.StartsWith(Variable(cloud), StringComparison.Ordinal) ? key ?? cloud.Key : null,
            Path.GetTempPath()),
        time ?? TimeProvider.System);

    public static IGpuProvider Open(FakeCloud cloud, TimeProvider? time = null, string? key = null) => Catalog(cloud, time, key).Open(cloud.Provider);

    public static async Task<RigSpec> SpecAsync(IGpuProvider provider, string name = "llmops-0a1b2c3d-4e5f6071")
    {
        var offer = (await provider.FindOffersAsync(new OfferQuery(), default)).OrderBy(offer => offer.PricePerHour).First();
        return new RigSpec { Name = name, Offer = offer, SshPublicKey = PublicKey, SshKey = provider is ISshKeyStore keys ? await keys.EnsureKeyAsync("llmops-0a1b2c3d", PublicKey, default) : null };
    }

    /// <summary>Runs something while a fake clock goes on, so that waits take no time.</summary>
    public static async Task<T> ForwardAsync<T>(Microsoft.Extensions.Time.Testing.FakeTimeProvider clock, Task<T> work)
    {
        while (!work.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(1));
        }

        return await work;
    }

    private static string Variable(FakeCloud cloud) => cloud.Provider switch { "RunPod" => "RUNPOD_", "MassedCompute" => "MASSED_", "Shadeform" => "SHADEFORM_", _ => "LAMBDA_" };
}
