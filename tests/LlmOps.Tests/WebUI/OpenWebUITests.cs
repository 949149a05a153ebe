using System.Net.Sockets;
using LlmOps.Chat;
using LlmOps.Tests.Rehearsal;
using LlmOps.Tests.Scenarios;
using LlmOps.Tunnels;
using LlmOps.WebUI;
using Xunit.Abstractions;

namespace LlmOps.Tests.WebUI;

/// <summary>Open WebUI's stand-in, run by the real programs of Docker and Podman, over tunnels to a rehearsal rig.</summary>
public sealed class OpenWebUITests : IClassFixture<RehearsalRig>, IClassFixture<ContainerLabEnd>, IDisposable
{
    private const string AllStreams = "$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'; ";

    private readonly Session _session;
    private readonly ITestOutputHelper _output;
    private readonly Canaries _canaries = new();

    public OpenWebUITests(RehearsalRig lab, ITestOutputHelper output)
    {
        _session = lab.Session;
        _output = output;
        if (ContainerLab.WhyNot is not null) return;
        ContainerLab.Instance.EnsureStarted();
        foreach (var (name, value) in ContainerLab.Instance.Environment) _session.SetEnvironment(name, value);
        _session.SetVariable("image", ContainerLab.Image);
    }

    public void Dispose()
    {
        if (ContainerLab.WhyNot is null) _session.Invoke("Get-OpenWebUI | Stop-OpenWebUI -RemoveData; Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0");
    }

    [ContainerFact]
    public Task Podman_takes_a_server_to_a_page_that_lists_its_model_and_shows_no_secret() => TakesServerToPage("Podman", "podman");

    [ContainerFact(needsDocker: true)]
    public Task Docker_takes_a_server_to_a_page_that_lists_its_model_and_shows_no_secret() => TakesServerToPage("Docker", "docker");

    [ContainerFact]
    public async Task What_does_not_serve_leaves_nothing_and_says_why()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""), ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""),
            ChatServer.Answer("401 Unauthorized", "application/json", "{}"));
        var tunnel = _session.Invoke($"New-LlmTunnel -Rig lab -RemotePort {server.Port} -DockerBridge").NoErrors().Single<LlmTunnel>();
        Assert.EndsWith($":{tunnel.LocalPort}/v1", tunnel.ContainerUri!.AbsoluteUri, StringComparison.Ordinal);

        var broken = _session.Invoke($"Start-OpenWebUI -Tunnel {tunnel.Name} -Image {ContainerLab.BrokenImage} -Engine Podman -Name broken");
        Assert.Equal(["OpenWebUIFailed"], broken.ErrorIds);
        Assert.Contains("exit code 3", broken.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("No space left on device", broken.Errors[0].ToString(), StringComparison.Ordinal);
        AssertNoContainer("broken");

        // From here on the API refuses, so the page comes up and stays empty. What the API itself says comes first.
        Assert.Equal(["ChatUnauthorized"], _session.Invoke($"Start-OpenWebUI -Tunnel {tunnel.Name} -Image $image -Engine Podman").ErrorIds);
        AssertNoContainer("openwebui");
    }

    [ContainerFact]
    public async Task A_model_that_is_not_listed_in_time_is_an_error()
    {
        var page = ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}""");
        await using var server = new ChatServer(page, page, ChatServer.Answer("503 Service Unavailable", "application/json", "{}"));
        _session.Invoke($"New-LlmTunnel -Rig lab -RemotePort {server.Port} -Name late").NoErrors();

        var result = _session.Invoke("Start-OpenWebUI -Tunnel late -Image $image -Engine Podman -Timeout 5");

        Assert.Equal(["OpenWebUIModelNotListed"], result.ErrorIds);
        AssertNoContainer("openwebui");
    }

    [ContainerFact]
    public async Task Stopped_in_the_middle_it_leaves_no_half_container()
    {
        var page = ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}""");
        await using var server = new ChatServer(page, page, ChatServer.Answer("503 Service Unavailable", "application/json", "{}"));
        _session.Invoke($"New-LlmTunnel -Rig lab -RemotePort {server.Port} -Name slow").NoErrors();

        var result = _session.StopAfter("Start-OpenWebUI -Tunnel slow -Image $image -Engine Podman", run => run.Progress.Any(record => record.StatusDescription.Contains("tiny", StringComparison.Ordinal)));

        Assert.True(result.Stopped);
        Assert.True(result.StopTime < TimeSpan.FromSeconds(3), $"stopping took {result.StopTime}");
        await Eventually.TrueAsync(() => ContainerLab.Instance.Run("podman", "ps", "--all", "--quiet").Output.Trim().Length == 0, "no container is left");
    }

    [ContainerFact]
    public async Task People_sign_in_where_that_is_asked_for_and_their_data_are_kept()
    {
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""));
        _session.Invoke($"New-LlmTunnel -Rig lab -RemotePort {server.Port} -Name kept").NoErrors();
        var password = _canaries.Make("password");
        _session.SetVariable("credential", new System.Management.Automation.PSCredential("admin@example.com", SecureString(password)));

        var webUI = _session.Invoke("Start-OpenWebUI -Tunnel kept -Image $image -Engine Podman -Credential $credential -Persist -BindAddress 0.0.0.0 -AllowRemote").NoErrors().Single<LlmOps.WebUI.OpenWebUI>();

        Assert.Equal((true, "llmops-openwebui-auth", true), (webUI.Auth, webUI.Volume, webUI.Uri.IsLoopback));
        Assert.Equal(["OpenWebUIExists"], _session.Invoke("Start-OpenWebUI -Tunnel kept -Image $image -Engine Podman").ErrorIds);
        Assert.Equal(["OpenWebUIPortInUse"], _session.Invoke($"Start-OpenWebUI -Tunnel kept -Image $image -Engine Podman -Name other -Port {webUI.Uri.Port}").ErrorIds);
        Assert.Empty(_canaries.In(ContainerLab.Instance.Run("podman", "inspect", "openwebui").Output));
        _session.Invoke("Stop-OpenWebUI openwebui").NoErrors();
        Assert.Contains("llmops-openwebui-auth", ContainerLab.Instance.Run("podman", "volume", "ls", "--quiet").Output, StringComparison.Ordinal);
    }

    [ContainerFact]
    public async Task A_compose_file_is_taken_by_podman_compose_and_holds_no_secret()
    {
        Secret("key");
        Secret("variable");
        await using var server = new ChatServer(ChatServer.Answer("200 OK", "application/json", """{"data":[{"id":"tiny"}]}"""));
        var path = Path.Join(_session.Folder, "compose", "docker-compose.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _session.SetVariable("path", path);
        _session.Invoke($"New-LlmTunnel -Rig lab -RemotePort {server.Port} -Name composed").NoErrors();

        _session.Invoke("Export-OpenWebUICompose $path -Tunnel composed -Engine Podman -Image $image -Port 3456 -Persist -Environment @{ COST = '5$'; NAME = $variable } -WriteSecret").NoErrors();
        var secrets = Path.Join(Path.GetDirectoryName(path), "openwebui.secret.env");
        Assert.Empty(_canaries.In(await File.ReadAllTextAsync(path)));
        Assert.Equal(["variable"], _canaries.In(await File.ReadAllTextAsync(secrets)));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets));
        Assert.Equal(["OpenWebUIFileExists"], _session.Invoke("Export-OpenWebUICompose $path -Tunnel composed -Engine Podman").ErrorIds);
        var unwritten = _session.Invoke($"Export-OpenWebUICompose {_session.Folder}/other.yaml -Endpoint https://models.example/v1 -ApiKey $key").NoErrors();
        Assert.Contains("OPENAI_API_KEY", Assert.Single(unwritten.Warnings), StringComparison.Ordinal);
        Assert.Empty(_canaries.InFolder(_session.Folder).Where(leak => !leak.StartsWith(secrets, StringComparison.Ordinal)));
        if (!Has("podman-compose")) return;

        var up = ContainerLab.Instance.Run("podman-compose", "-f", path, "up", "-d");
        try
        {
            Assert.True(up.ExitCode == 0, up.Output);
            await Eventually.TrueAsync(() => Page(new Uri("http://127.0.0.1:3456/")).Contains("tiny", StringComparison.Ordinal), "its page lists the model");
            Assert.Equal(["variable"], _canaries.In(ContainerLab.Instance.Run("podman", "exec", "openwebui", "/bin/cat", "/proc/1/environ").Output));
            Assert.Empty(_canaries.In(ContainerLab.Instance.Run("podman", "inspect", "openwebui").Output + up.Output));
        }
        catch (TimeoutException)
        {
            _output.WriteLine(up.Output);
            _output.WriteLine(ContainerLab.Instance.Run("podman", "logs", "openwebui").Output);
            _output.WriteLine(ContainerLab.Instance.Run("podman", "inspect", "--format", "{{json .State}} {{json .NetworkSettings}}", "openwebui").Output);
            throw;
        }
        finally
        {
            ContainerLab.Instance.Run("podman-compose", "-f", path, "down");
            ContainerLab.Instance.Run("podman", "volume", "rm", "--all", "--force");
            ContainerLab.Instance.Run("podman", "network", "rm", "--force", "compose_default"); // 'down' of old versions leaves it, and it is the machine's, not the lab's
        }
    }

    private async Task TakesServerToPage(string engine, string program)
    {
        Secret("key", "sk-");
        Secret("variable");
        using var watch = new ProcessWatch();
        _session.Invoke($"Get-LlmServer -Rig lab | Stop-LlmServer -Force -Remove; $server = $rig | Get-HfModel {RehearsalRig.Model} | Start-VllmServer -Name ui -ApiKey $key").NoErrors();

        _session.Invoke($"$server | Start-OpenWebUI -Engine {engine} -Image $image -WhatIf").NoErrors();
        Assert.Empty(_session.Invoke("Get-OpenWebUI").NoErrors().Output);
        var result = _session.Invoke(AllStreams + $"$server | Start-OpenWebUI -Engine {engine} -Image $image -Environment @{{ WEBUI_NAME = 'Ours'; TAVILY_API_KEY = $variable }}").NoErrors();
        var webUI = result.Single<LlmOps.WebUI.OpenWebUI>();

        Assert.Equal((OpenWebUIState.Ready, RehearsalRig.Model, "ui", (string?)null), (webUI.State, webUI.Model, webUI.Tunnel, webUI.Volume));
        var tunnel = _session.Invoke("Get-LlmTunnel ui").NoErrors().Single<LlmTunnel>();
        Assert.Equal(webUI.Endpoint.Port, tunnel.LocalPort);
        Assert.Contains(RehearsalRig.Model, Page(webUI.Uri), StringComparison.Ordinal);
        AssertBrowserShows(webUI.Uri, RehearsalRig.Model);
        Assert.Contains(webUI.Uri.Authority, _session.Show("Get-OpenWebUI open*"), StringComparison.Ordinal);

        // The secrets got there, and only there.
        Assert.Equal(["key", "variable"], _canaries.In(ContainerLab.Instance.Run(program, "exec", "openwebui", "/bin/cat", "/proc/1/environ").Output).Order(StringComparer.Ordinal));
        Assert.Empty(_canaries.In(ContainerLab.Instance.Run(program, "inspect", "openwebui").Output));
        Assert.Empty(_canaries.In(ContainerLab.Instance.Run(program, "logs", "openwebui").Output));
        Assert.Empty(_canaries.In(string.Join('\n', watch.CommandLines)));
        Assert.True(watch.Count(program, "create", "--name", "openwebui") > 0, "the watch saw the engine's program");
        Assert.Empty(_canaries.In(result));
        Assert.Empty(_canaries.In(_session.Show("Get-OpenWebUI | Format-List -Property *")));

        LlmOps.Infrastructure.OpenWebUINameCompleter.Limit = TimeSpan.FromSeconds(30); // a person waits a second, and this machine may be busy
        Assert.Contains(_session.Complete("Stop-OpenWebUI ope"), match => match.CompletionText == "openwebui");
        _session.Invoke("Get-OpenWebUI | Stop-OpenWebUI").NoErrors();
        AssertNoContainer("openwebui");
        Assert.Equal(TunnelState.Closed, tunnel.State);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", webUI.Uri.Port));
    }

    private static System.Security.SecureString SecureString(string text) => new System.Net.NetworkCredential("", text).SecurePassword;

    private static string Page(Uri page)
    {
        try
        {
            using var http = new HttpClient();
            return http.GetStringAsync(page).Result;
        }
        catch (AggregateException)
        {
            return "";
        }
    }

    /// <summary>Whether a program is here, without which a part of a test is left out, which is said.</summary>
    private bool Has(string program)
    {
        var isHere = File.Exists("/usr/bin/" + program);
        if (!isHere) _output.WriteLine($"Left out: '{program}' is not installed.");
        return isHere;
    }

    private void AssertBrowserShows(Uri page, string text)
    {
        if (!Has("chromium")) return;
        using var profile = new TemporaryFolder();
        var seen = ContainerLab.Instance.Run(
            "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--user-data-dir=" + profile.Path, "--dump-dom", page.AbsoluteUri).Output;
        Assert.Contains($"<li>{text}</li>", seen, StringComparison.Ordinal);
    }

    private static void AssertNoContainer(string name) => Assert.NotEqual(0, ContainerLab.Instance.Run("podman", "container", "exists", name).ExitCode);

    private string Secret(string variable, string prefix = "")
    {
        var secret = _canaries.Make(variable, prefix);
        _session.SetVariable(variable, secret);
        return secret;
    }
}
