namespace LlmOps.Tests.WebUI;

/// <summary>What is refused before any container engine is asked, and what is said where there is none.</summary>
public sealed class OpenWebUIInputTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-Name 'no good'", "OpenWebUINameInvalid")]
    [InlineData("-BindAddress 0.0.0.0 -AllowRemote", "OpenWebUIAuthNeeded")]
    [InlineData("-BindAddress 0.0.0.0 -Auth", "OpenWebUIRemoteNotAllowed")]
    [InlineData("-Environment @{ 'A-B' = 1 }", "OpenWebUIVariableInvalid")]
    [InlineData("-Credential ([pscredential]::new('root', ('x' | ConvertTo-SecureString -AsPlainText -Force)))", "OpenWebUIEmailInvalid")]
    [InlineData("-Timeout 0", "OpenWebUITimeoutInvalid")]
    public void Bad_input_is_named(string arguments, string id) => Assert.Equal([id], _session.Invoke("Start-OpenWebUI -Endpoint https://models.example/v1 " + arguments).ErrorIds);

    [Fact]
    public void A_password_in_an_endpoint_is_refused_and_not_repeated()
    {
        var result = _session.Invoke("Start-OpenWebUI -Endpoint https://me:hunter2@models.example/v1");
        Assert.Equal(["OpenWebUIEndpointWithPassword"], result.ErrorIds);
        Assert.DoesNotContain("hunter2", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_engine_it_is_said_how_to_get_one()
    {
        _session.SetEnvironment("PATH", _session.Folder);
        var result = _session.Invoke("Get-OpenWebUI; Start-OpenWebUI -Endpoint https://models.example/v1; Start-OpenWebUI -Endpoint https://models.example/v1 -Engine Podman");
        Assert.Equal(["ContainerEngineMissing", "ContainerEngineMissing", "ContainerEngineMissing"], result.ErrorIds);
        Assert.Contains("podman", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void An_engine_that_does_not_answer_is_told_apart_from_one_that_is_missing()
    {
        Program("docker", "[ \"$1\" = --version ] && echo 'Docker version 28.0.0' && exit 0\necho 'permission denied while trying to connect to the Docker daemon socket' >&2\nexit 1");
        _session.SetEnvironment("PATH", _session.Folder);

        var result = _session.Invoke("Get-OpenWebUI");

        Assert.Equal(["ContainerEngineNotAnswering"], result.ErrorIds);
        Assert.Contains("usermod", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void An_engine_that_hangs_does_not_keep_the_other_from_completing_names()
    {
        var limit = Infrastructure.OpenWebUINameCompleter.Limit;
        Program("docker", "read line < wait");
        Program("podman", "echo chats");
        TestServers.SshdFixture.Run("mkfifo", Path.Join(_session.Folder, "wait"));
        _session.SetEnvironment("PATH", _session.Folder + ":/bin:/usr/bin");
        Infrastructure.OpenWebUINameCompleter.Limit = TimeSpan.FromSeconds(5);
        try
        {
            Assert.Equal(["chats"], _session.Complete("Stop-OpenWebUI ").Select(match => match.CompletionText));
        }
        finally
        {
            Infrastructure.OpenWebUINameCompleter.Limit = limit;
        }
    }

    private void Program(string name, string script)
    {
        var program = Path.Join(_session.Folder, name);
        File.WriteAllText(program, $"#!/bin/sh\ncd {_session.Folder}\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
