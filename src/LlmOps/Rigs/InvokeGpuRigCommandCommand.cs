using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;

namespace LlmOps.Rigs;

/// <summary>Runs a command line on one rig or on many at once.</summary>
/// <remarks>
/// <para>The text runs in your login shell on the rig, in a process group of its own: Ctrl+C ends all of it, on the rig too. What it writes is
/// shown as it comes (on the information stream, redirect it with 6>), with the rig's name in front where there are several. For each rig
/// one object is returned with the exit code and the lines.</para>
/// </remarks>
/// <example><para>Look at the driver of a rig.</para><code>Invoke-GpuRigCommand big 'nvidia-smi --version'</code></example>
/// <example><para>Ask all rigs at once, and list those that have no compiler.</para><code>Get-GpuRig | Invoke-GpuRigCommand -Command 'command -v gcc' | Where-Object ExitCode -ne 0</code></example>
[Cmdlet(VerbsLifecycle.Invoke, "GpuRigCommand")]
[OutputType(typeof(RigCommandResult))]
public sealed class InvokeGpuRigCommandCommand : RigCmdlet
{
    private readonly List<GpuRig> _rigs = [];

    /// <summary>The rigs: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <summary>The command line, in the syntax of your shell on the rig.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = "";

    /// <summary>The folder on the rig to start in; without it, the home folder.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>How many rigs to work on at once.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        _rigs.AddRange(Resolve(Rig));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task EndAsync(CancellationToken cancel) => new RigFanOut(this, null).RunAsync(_rigs, ThrottleLimit, RunAsync, cancel);

    private async Task RunAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = await ConnectAsync(rig, cancel);
        var output = new CommandLines(line => Show(rig, line));
        var errors = new CommandLines(line => Show(rig, line));
        var began = Services.Time.GetTimestamp();
        var result = await connection.InvokeAsync(
            ExecOperations.Run,
            new ExecArgs(Command, WorkingDirectory),
            part =>
            {
                (part.IsError ? errors : output).Add(part.Data);
                return ValueTask.CompletedTask;
            },
            cancel);
        WriteObject(new RigCommandResult
        {
            Rig = rig,
            Command = Command,
            ExitCode = result.ExitCode,
            Output = output.Complete(),
            ErrorOutput = errors.Complete(),
            Duration = Services.Time.GetElapsedTime(began),
        });
    }

    private void Show(GpuRig rig, string line) =>
        WriteInformation(new HostInformationMessage { Message = _rigs.Count > 1 ? $"{rig.Name}: {line}" : line }, ["PSHOST"]);
}
