using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace LlmOps.Hub.Tests;

public sealed class HubPaceTests
{
    private static readonly Uri File = new("http://hub/acme/model/resolve/main/a");
    private static readonly Uri Api = new("http://hub/api/models/acme/model");

    private readonly FakeTimeProvider _time = new();
    private readonly HubPace _pace;

    public HubPaceTests() => _pace = new HubPace(_time);

    [Fact]
    public async Task When_the_quota_is_used_up_and_enforced_all_wait_until_it_is_full_again()
    {
        await AnswerAsync(200, "\"resolvers\";r=1;t=100");
        await AnswerAsync(200, "\"resolvers\";r=0;t=99");
        await AnswerAsync(429, "\"resolvers\";r=0;t=98"); // the one that finds out
        var held = new[] { _pace.EnterAsync(File, default), _pace.EnterAsync(File, default) };
        Assert.All(held, request => Assert.False(request.IsCompleted));
        Assert.True(_pace.IsPaused);
        Assert.True(_pace.EnterAsync(Api, default).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.All(held, request => Assert.False(request.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(held).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(_pace.IsPaused);
    }

    [Fact]
    public async Task A_quota_that_is_only_counted_holds_nobody_back()
    {
        for (var request = 0; request < 10; request++) await AnswerAsync(200, "\"resolvers\";r=0;t=99");
        Assert.False(_pace.IsPaused);
    }

    [Fact]
    public async Task A_host_that_asks_to_be_left_alone_is_left_alone_by_all()
    {
        var other = _pace.EnterAsync(new Uri("http://cdn/x"), default);
        await other;
        using var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        busy.Headers.Add("Retry-After", "5");
        _pace.Leave(new Uri("http://cdn/x"), busy);
        var held = _pace.EnterAsync(new Uri("http://cdn/y"), default);
        Assert.False(held.IsCompleted);
        Assert.True(_pace.EnterAsync(File, default).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(5));
        await held.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task AnswerAsync(int status, string limit)
    {
        await _pace.EnterAsync(File, default);
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.Add("RateLimit", limit);
        _pace.Leave(File, response);
    }
}
