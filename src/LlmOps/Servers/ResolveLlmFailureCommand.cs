using System.Management.Automation;
using LlmOps.Diagnosis;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Servers;

/// <summary>Reads an engine's log and says why it failed and what helps.</summary>
/// <remarks>
/// <para>Knows the failures of vLLM, SGLang, llama.cpp and Ollama, and those of NCCL, CUDA, the Hub and the system that all engines meet, TGI too. Writes one LlmDiagnosis for each log that holds a failure, and nothing for one that holds none. Messages that only pass another's failure on are never blamed; where no rule knows the failure, the first exception of the innermost process is what is written, without a Rule.</para>
/// <para>Argument is what mends it where that can be computed from the log's own figures, ready to be put behind Start-VllmServer. Sources says where a rule is written down; a rule without sources is experience.</para>
/// <para>Takes log files, text through the pipeline (all of it is one log), or servers, whose logs are read on their rigs. A file is read as a stream, whatever its size.</para>
/// </remarks>
/// <example><para>Explains a log file.</para><code>Resolve-LlmFailure ./vllm.log</code></example>
/// <example><para>Explains what another program prints.</para><code>docker logs vllm 2>&amp;1 | Resolve-LlmFailure</code></example>
/// <example><para>Explains every server that has failed.</para><code>Get-LlmServer | Where-Object State -eq Failed | Resolve-LlmFailure</code></example>
/// <example><para>Shows the argument with which a failed server would start.</para><code>(Resolve-LlmFailure -Server qwen -Rig a40).Argument</code></example>
[Cmdlet(VerbsDiagnostic.Resolve, "LlmFailure", DefaultParameterSetName = PathSet)]
[OutputType(typeof(LlmDiagnosis))]
public sealed class ResolveLlmFailureCommand : ServerCmdlet
{
    private const string PathSet = "Path";
    private const string TextSet = "Text";
    private const string ServerSet = "Server";

    private readonly FailureSearch _text = new();
    private bool _hasText;

    /// <summary>The log files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Lines of a log, a file, or a server.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = TextSet)]
    [AllowEmptyString]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The servers: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ServerSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument[] Server { get; set; } = [];

    /// <summary>The rigs to look on for servers; all if it is left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = ServerSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        switch (ParameterSetName)
        {
            case PathSet:
                foreach (var path in Path) await ReadFilesAsync(path, cancel);
                break;

            case ServerSet:
                foreach (var server in Server) await DiagnoseAsync(server, cancel);
                break;

            default:
                await TakeAsync(InputObject, cancel);
                break;
        }
    }

    /// <inheritdoc/>
    protected override Task EndAsync(CancellationToken cancel)
    {
        if (_hasText) Write(_text.Conclude(ended: false), null);
        return Task.CompletedTask;
    }

    private async Task TakeAsync(PSObject? item, CancellationToken cancel)
    {
        if (item?.BaseObject is FileInfo file) await ReadFileAsync(file.FullName, cancel);
        else if (item is not null && item.TypeNames.Any(type => type.EndsWith(typeof(LlmServer).FullName!, StringComparison.Ordinal))) await DiagnoseAsync(new ServerArgument(item), cancel);
        else
        {
            _hasText = true;
            _text.AddLine(item?.ToString() ?? "");
        }
    }

    private async Task ReadFilesAsync(string path, CancellationToken cancel)
    {
        IReadOnlyList<string> files;
        try
        {
            files = GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (ItemNotFoundException)
        {
            WriteFailure(ServerErrors.LogNotFound(path));
            return;
        }

        foreach (var file in files) await ReadFileAsync(file, cancel);
    }

    private async Task ReadFileAsync(string file, CancellationToken cancel)
    {
        try
        {
            var search = new FailureSearch();
            await using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var progress = new ProgressLine(this, $"Reading {System.IO.Path.GetFileName(file)}");
            var read = Task.Run(() => search.AddAsync(log, cancel), cancel);
            while (await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(1), cancel)) != read) progress.Report("looking for failures", 100.0 * log.Position / Math.Max(1, log.Length));
            await read;
            Write(search.Conclude(ended: false), file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            WriteFailure(ServerErrors.LogUnreadable(file, unreadable));
        }
    }

    private async Task DiagnoseAsync(ServerArgument server, CancellationToken cancel)
    {
        var where = server.Rig is { } own ? Resolve([own]) : Rig is null ? Services.Rigs.List() : Resolve(Rig);
        if (AreUnknown(Rig, where)) return;
        var found = await FindAsync(where, [server.Name], cancel);
        if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(server.Name)) WriteFailure(ServerErrors.NotFound(server.Name));
        await new RigFanOut(this, "Reading logs").RunAsync(
            [.. found.Select(match => match.Rig!).DistinctBy(rig => rig.Name)], 32,
            async (rig, ending) =>
            {
                var servers = await ServersOfAsync(rig, ending);
                foreach (var match in found.Where(match => match.Rig!.Name == rig.Name)) Write(await servers.DiagnoseAsync(match.Name, ending), $"{match.Name} on {rig}");
            },
            cancel);
    }

    private void Write(LlmDiagnosis? diagnosis, string? origin)
    {
        if (diagnosis is null) WriteVerbose($"{origin ?? "The text"} holds no failure.");
        else WriteObject(diagnosis with { Origin = origin });
    }
}
