using System.Diagnostics;
using LlmOps.Engines;
using LlmOps.Hub;
using LlmOps.Rigs;
using Xunit.Abstractions;

namespace LlmOps.Tests.Scenarios;

/// <summary>
/// Secrets of every sort go through the main job while the command lines of all processes of both machines are read without pause; afterwards
/// they are nowhere: not in a file, a stream, an object, an error, a command line.
/// </summary>
public sealed class CanaryTests(ITestOutputHelper output) : IDisposable
{
    private const string Gated = "meta-llama/Llama-3.1-8B-Instruct";
    private const string Model = "Qwen/Qwen2.5-0.5B-Instruct";
    private const string AllStreams = "$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'; ";

    private readonly Session _session = new();
    private readonly Canaries _canaries = new();
    private readonly List<string> _leaks = [];
    private int _scripts;

    public void Dispose() => _session.Dispose();

    [LinuxFact]
    public async Task Secrets_show_nowhere()
    {
        var began = DateTime.UtcNow.AddSeconds(-1);
        using var machine = new SecondMachine(speed: 300, hubRate: 1e9);
        var passphrase = Secret("passphrase", "passphrase of the key");
        SshKeygen("-p", "-P", "", "-N", passphrase, "-f", machine.Folder.IdentityFile); // before anybody watches: this argument is the test's own
        using var watch = new ProcessWatch();
        _session.SetEnvironment("HF_TOKEN", Secret("hfToken", "HF_TOKEN", "hf_"));
        _session.SetEnvironment("HF_ENDPOINT", File.ReadAllText(machine.Folder.HubAddress));
        _session.SetEnvironment("OPENAI_API_KEY", Secret("openAi", "OPENAI_API_KEY", "sk-"));
        Secret("token", "-Token", "hf_");
        Secret("refusedToken", "-Token of a stranger", "hf_noaccess");
        Secret("wrongToken", "-Token that is none");
        Secret("serverKey", "-ApiKey of the server", "sk-");
        Secret("wrongKey", "-ApiKey that is wrong", "sk-");
        Secret("variable", "-Environment");
        Secret("argument", "-Argument");

        // The rig, with a key that asks for its passphrase.
        _session.Host.Answers.Enqueue(passphrase);
        Run($"New-GpuRig {machine.Login} -Name second").NoErrors().Single<GpuRig>();
        Run("Test-GpuRig second; Get-GpuRig; Get-GpuMemory second; Invoke-GpuRigCommand -Rig second -Command 'echo hello'").NoErrors();

        // The model: the two tokens that are let in, then those that are not.
        Run($"Get-HfModel {Gated} -Rig second -Include *.json").NoErrors().Single<HfModel>();
        Run($"Get-HfModel {Gated} -Rig second -Include README.md -Token $token; Get-HfModel {Gated} -Rig second -WhatIf -Token $token").NoErrors();
        Assert.Equal(["GatedRepository"], Run($"Get-HfModel {Gated} -Rig second -Include *.safetensors -Token $refusedToken").ErrorIds);
        Assert.Equal(["HubUnauthorized"], Run($"Get-HfModel {Gated} -Rig second -Include *.safetensors -Token $wrongToken").ErrorIds);
        _session.SetEnvironment("HF_ENDPOINT", null);
        Assert.Equal(["GatedRepository"], Run($"Get-HfModel {Gated} -Rig second -Include *.safetensors").ErrorIds); // HF_TOKEN is for the public Hub now, and the rig's is another
        Run($"$model = Get-HfModel {Model} -Rig second -Token $token; $model").NoErrors();
        Assert.Empty(_canaries.InFolder(machine.Folder.Path));

        // The server: flags that would show a secret, one that does not start, one that does.
        Assert.Equal(["EngineArgumentNotAllowed"], Run("$model | Start-VllmServer -Argument \"--api-key=$argument\"").ErrorIds);
        Assert.Equal(["EngineArgumentNotAllowed"], Run("$model | Start-VllmServer -Argument '--hf_token', $argument").ErrorIds);
        Assert.Equal(["ServerFailed"], Run("$model | Start-VllmServer -Name broken -ApiKey $serverKey -MaxModelLen 9000000 -Environment @{ SECRET = $variable }").ErrorIds);
        Run("$server = $model | Start-VllmServer -Name qwen -ApiKey $serverKey -Environment @{ HF_TOKEN = $variable }; $server").NoErrors().Single<LlmServer>();
        Run("Get-LlmServer -Rig second; Get-LlmServerLog qwen -Rig second; Get-LlmServerLog broken -Rig second; Wait-LlmServer qwen -Rig second").NoErrors();

        // The search works: this is where the documentation says that they are, and only for their owner.
        var env = Path.Join(machine.Folder.LlmOpsRoot, "servers", "qwen", "env");
        var broken = Path.Join(machine.Folder.LlmOpsRoot, "servers", "broken", "env");
        Assert.Equal(
            [$"{broken}: -ApiKey of the server", $"{broken}: -Environment", $"{env}: -ApiKey of the server", $"{env}: -Environment"],
            _canaries.InFolder(machine.Folder.Path).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(env));

        // The use.
        Run("$tunnel = $server | New-LlmTunnel; $tunnel; Get-LlmTunnel; $reply = $tunnel | Invoke-LlmChat Hello -Stream; $reply; $reply | Invoke-LlmChat 'And?'; $server | Invoke-LlmChat Hello").NoErrors();
        Run("Invoke-LlmChat Hello -Endpoint $tunnel.Uri -ApiKey $serverKey").NoErrors();
        Assert.Equal(["ChatUnauthorized"], Run("Invoke-LlmChat Hello -Endpoint $tunnel.Uri -ApiKey $wrongKey -Model m").ErrorIds);
        Assert.Equal(["ChatUnauthorized"], Run("Invoke-LlmChat Hello -Endpoint $tunnel.Uri -Model m").ErrorIds);
        Run("$server | Restart-LlmServer").NoErrors();
        Assert.Equal(["ServerExists"], Run("$model | Start-VllmServer -Name qwen -ApiKey $serverKey").ErrorIds);

        // The end.
        Run("Get-LlmTunnel | Remove-LlmTunnel; Get-LlmServer -Rig second | Stop-LlmServer -Force -Remove").NoErrors();
        _leaks.AddRange(_canaries.InFolder(machine.Folder.Path));
        Run("Remove-GpuRig second").NoErrors();
        _leaks.AddRange(_canaries.InFolder(_session.Folder));
        _leaks.AddRange(_canaries.InFolder(Path.GetTempPath(), began));
        _leaks.AddRange(_canaries.In(string.Join('\n', watch.CommandLines)));
        output.WriteLine($"{_scripts} scripts; {_canaries.Searched.Files} files with {_canaries.Searched.Bytes:N0} bytes; {watch.CommandLines.Count} command lines in {watch.Rounds} rounds");
        Assert.Empty(_leaks);
        await Eventually.TrueAsync(() => machine.Work.Count == 0, "nothing runs on the second machine any more");
    }

    [LinuxFact]
    public async Task The_search_finds_what_is_there_to_find()
    {
        Secret("secret", "planted");
        var secret = (string)_session.Invoke("$secret").Output.Single().BaseObject;

        using var watch = new ProcessWatch();
        using var loud = Process.Start("sh", ["-c", "sleep 1000", secret]);
        await Eventually.TrueAsync(() => _canaries.In(string.Join('\n', watch.CommandLines)).Count > 0, "the command line is seen");
        loud.Kill(entireProcessTree: true);

        foreach (var script in new[]
        {
            "Write-Verbose $secret -Verbose", "Write-Warning $secret", "throw $secret", "Write-Host $secret",
            "function Tell { [CmdletBinding()] param() $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'Telling', $secret)) }; Tell",
            "[pscustomobject]@{ Inner = @{ Deep = $secret } }", "[pscustomobject]@{ Key = (ConvertTo-SecureString $secret -AsPlainText -Force) }",
        })
            Assert.True(_canaries.In(_session.Invoke(script)).Count > 0, script);
        Directory.CreateDirectory(_session.Home);
        await File.WriteAllTextAsync(Path.Join(_session.Home, "a"), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"bearer {secret}!")));
        await File.WriteAllTextAsync(Path.Join(_session.Home, "b"), secret, System.Text.Encoding.Unicode);
        Assert.Equal(2, _canaries.InFolder(_session.Folder).Count);
    }

    private static void SshKeygen(params string[] arguments)
    {
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", .. arguments]) { RedirectStandardOutput = true })!;
        keygen.WaitForExit();
        Assert.Equal(0, keygen.ExitCode);
    }

    /// <summary>Makes a secret and puts it into a variable of the session, since a script's own text stands in its errors.</summary>
    private string Secret(string variable, string name, string prefix = "")
    {
        var secret = _canaries.Make(name, prefix);
        _session.SetVariable(variable, secret);
        return secret;
    }

    /// <summary>Runs a script with all streams on, and looks through all that comes of it: the streams, and the objects in their views and in full.</summary>
    private SessionResult Run(string script)
    {
        _scripts++;
        var result = _session.Invoke(AllStreams + script);
        var objects = result.Output.Select(item => item.BaseObject).Concat(result.Errors).ToArray();
        var screen = _session.Show("$objects; $objects | Format-List -Property *", ("objects", objects));
        _leaks.AddRange(_canaries.In(result).Concat(_canaries.In(screen).Select(name => $"screen: {name}")).Select(leak => $"{leak} of: {script}"));
        return result;
    }
}
