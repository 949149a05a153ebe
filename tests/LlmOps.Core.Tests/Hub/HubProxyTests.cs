using System.Net;

namespace LlmOps.Hub.Tests;

public sealed class HubProxyTests
{
    [Theory]
    [InlineData("HTTPS_PROXY=http://p:1", "https://huggingface.co", "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1", "http://huggingface.co", null)]
    [InlineData("HTTP_PROXY=p:1", "http://huggingface.co", "http://p:1/")]
    [InlineData("ALL_PROXY=socks5h://p:1", "https://huggingface.co", "socks5://p:1/")]
    [InlineData("ALL_PROXY=http://all:1;HTTPS_PROXY=http://tls:2", "https://huggingface.co", "http://tls:2/")]
    [InlineData("HTTPS_PROXY=http://upper:1;https_proxy=http://lower:2", "https://huggingface.co", "http://lower:2/")]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=huggingface.co", "https://huggingface.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=huggingface.co", "https://cdn.huggingface.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=.huggingface.co", "https://cdn.huggingface.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=face.co", "https://huggingface.co", "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=a, *.hf.co ,b", "https://us.hf.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=*", "https://huggingface.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;no_proxy=huggingface.co:443", "https://huggingface.co", null)]
    [InlineData("HTTPS_PROXY=http://p:1;no_proxy=huggingface.co:8443", "https://huggingface.co", "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=127.0.0.1,::1", "https://127.0.0.1", null)]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=0.0.1", "https://127.0.0.1", "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1;NO_PROXY=[::1]:8443", "https://[::1]:8443", null)]
    public void A_proxy_is_chosen_as_pythons_clients_do(string variables, string destination, string? expected) =>
        Assert.Equal(expected, HubProxy.From(Environment(variables))?.GetProxy(new Uri(destination))?.AbsoluteUri);

    [Fact]
    public void A_login_is_taken_out_of_the_address()
    {
        var proxy = HubProxy.From(Environment("HTTPS_PROXY=http://me:p%40ss@p:3128"))!;
        var address = proxy.GetProxy(new Uri("https://huggingface.co"))!;
        Assert.Equal("http://p:3128/", address.OriginalString);
        var login = proxy.Credentials!.GetCredential(address, "Basic")!;
        Assert.Equal(("me", "p@ss"), (login.UserName, login.Password));
        Assert.Null(proxy.Credentials.GetCredential(new Uri("http://elsewhere:3128"), "Basic"));
    }

    [Theory]
    [InlineData("HTTPS_PROXY=ftp://canary@p:1")]
    [InlineData("HTTPS_PROXY=http://me:canary@:x")]
    [InlineData("ALL_PROXY=http://me:canary@p:99999")]
    public void A_proxy_that_cannot_be_is_named_and_its_password_is_not(string variables)
    {
        var failure = Assert.Throws<LlmOpsException>(() => HubProxy.From(Environment(variables)));
        Assert.Equal(("HubVariableInvalid", variables.Split('=')[0]), (failure.ErrorId, failure.Target));
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_goes_through_the_proxy_and_logs_in_there()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(100_000));
        using var proxy = new FakeProxy("me:p@ss");
        fixture.Set("HTTP_PROXY", $"http://me:p%40ss@{proxy.Address}");
        fixture.AssertComplete((await fixture.GetAsync()).Path);
        Assert.All([fixture.Hub.Endpoint + "/api/models/acme/model/revision/main", fixture.Hub.Endpoint + "/acme/model/resolve/"], wanted => Assert.Contains(proxy.Requests, request => request.Contains(wanted, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_proxy_is_used_where_none_is_wanted()
    {
        using var fixture = new HubFixture(FakeRepo.Typical(100_000));
        using var proxy = new FakeProxy("me:pass");
        fixture.Set("HTTP_PROXY", $"http://{proxy.Address}");
        fixture.Set("NO_PROXY", "127.0.0.1");
        fixture.AssertComplete((await fixture.GetAsync()).Path);
        Assert.Empty(proxy.Requests);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_login_that_the_proxy_refuses_is_named_and_not_shown(string scheme)
    {
        using var fixture = new HubFixture(FakeRepo.Typical(1000));
        using var proxy = new FakeProxy("me:pass");
        fixture.Set("HF_ENDPOINT", $"{scheme}://hub.example");
        fixture.Set("HF_TOKEN", "hf_canary");
        fixture.Set("ALL_PROXY", $"http://me:canary@{proxy.Address}");
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
        Assert.Equal("HubProxyRefused", failure.ErrorId);
        Assert.DoesNotContain("canary", failure.ToString() + failure.RecommendedAction + failure.Target, StringComparison.Ordinal);
        Assert.NotEmpty(proxy.Requests);
    }

    [Fact]
    public async Task Neither_a_token_nor_the_proxys_password_is_in_any_failure()
    {
        FakeFault[] faults = [new("info", FakeFaultKind.Status, 1, Status: 500), new("info", FakeFaultKind.Status, 1, Status: 403), new("info", FakeFaultKind.Html, 99)];
        await Task.WhenAll(new[] { null, "http://127.0.0.1:1", "https://127.0.0.1:1", "http://no-such-host.invalid" }.Select(async endpoint =>
        {
            using var fixture = new HubFixture(FakeRepo.Typical(1000), faults);
            using var proxy = new FakeProxy(null);
            if (endpoint is not null) fixture.Set("HF_ENDPOINT", endpoint);
            fixture.Set("HF_TOKEN", "hf_canary");
            fixture.Set("ALL_PROXY", $"http://me:canary@{proxy.Address}");
            for (var round = 0; round < 2; round++)
            {
                var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync());
                Assert.DoesNotContain("canary", failure.ToString() + failure.RecommendedAction + failure.Target, StringComparison.Ordinal);
            }
        }));
    }

    private static HubEnvironment Environment(string variables)
    {
        var values = variables.Split(';').ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=', 2)[1]);
        return new HubEnvironment(name => values.GetValueOrDefault(name));
    }
}
