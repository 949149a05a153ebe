using System.Management.Automation;

namespace LlmOps.Tests;

/// <summary>The harness itself: what a session shows must be what the engine did.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Streams_come_back_apart()
    {
        var result = _session.Invoke("1; 2; $missing = @(); Get-Command no-such-command; 3");
        Assert.Equal([1, 2, 3], result.All<int>());
        Assert.Equal(["CommandNotFoundException"], result.ErrorIds);
        Assert.Null(result.Terminating);
    }

    [Fact]
    public void A_terminating_error_is_kept_with_what_came_before()
    {
        var result = _session.Invoke("1; throw 'enough'; 2");
        Assert.Equal([1], result.All<int>());
        Assert.Equal("enough", result.Terminating!.ToString());
        Assert.Equal(["enough"], result.ErrorIds);
    }

    [Fact]
    public void A_script_can_be_stopped_and_the_session_lives_on()
    {
        var result = _session.StopAfter("1; while ($true) { }", run => run.Output.Count == 1);
        Assert.True(result.Stopped);
        Assert.Equal([7], _session.Invoke("7").All<int>());
    }

    [Fact]
    public void The_screen_shows_objects_and_errors_without_colours()
    {
        var screen = _session.Show("@{ Answer = 42 }; throw 'enough'");
        Assert.Contains("Answer", screen, StringComparison.Ordinal);
        Assert.Contains("42", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_is_answered_from_the_queue()
    {
        _session.Host.Answers.Enqueue("Yes");
        var script = "function Ask { [CmdletBinding()] param() $PSCmdlet.ShouldContinue('Trust it?', 'Unknown key') }; Ask";
        Assert.True(_session.Invoke(script).Single<bool>());
        Assert.Equal(["Unknown key|Trust it?"], _session.Host.Questions);
    }

    [Fact]
    public void The_environment_is_given_back()
    {
        var before = Environment.GetEnvironmentVariable("LLMOPS_HOME");
        using (var inner = new Session()) Assert.Equal(inner.Home, Environment.GetEnvironmentVariable("LLMOPS_HOME"));
        Assert.Equal(before, Environment.GetEnvironmentVariable("LLMOPS_HOME"));
    }

    [Fact]
    public void Tab_offers_commands()
    {
        Assert.Contains("ForEach-Object", _session.Complete("ForEach-O").Select(match => match.CompletionText));
    }
}
