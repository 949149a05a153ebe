using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;

namespace LlmOps.Servers;

/// <summary>Gets the servers of rigs, also those that have ended.</summary>
/// <remarks>
/// <para>What is written comes from the rigs alone, so every workstation sees the same, also servers that another one started. All rigs are asked at the same time; a rig that cannot be reached is one error and delays no other.</para>
/// <para>A server that has ended stays listed with its exit code and a Diagnosis (cause, line, remedy) until Stop-LlmServer -Remove deletes it or a new one takes its name.</para>
/// </remarks>
/// <example><para>Lists the servers of all rigs.</para><code>Get-LlmServer</code></example>
/// <example><para>Shows why a server failed.</para><code>Get-LlmServer qwen* -Rig a40 | Format-List Name, State, ExitCode, FailureCause, Diagnosis</code></example>
/// <example><para>Ends all servers that are ready.</para><code>Get-LlmServer | Where-Object State -eq Ready | Stop-LlmServer</code></example>
[Cmdlet(VerbsCommon.Get, "LlmServer")]
[OutputType(typeof(LlmServer))]
public sealed class GetLlmServerCommand : ServerCmdlet
{
    /// <summary>The names, with wildcards; all if it is left out.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The rigs: names, wildcards or objects. All that are known if it is left out.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var rigs = Rig is null ? Services.Rigs.List() : Resolve(Rig);
        if (AreUnknown(Rig, rigs)) return;
        var found = await FindAsync(rigs, Name, cancel);
        foreach (var server in found) WriteObject(server);
        foreach (var name in Name)
            if (!WildcardPattern.ContainsWildcardCharacters(name) && !found.Any(server => server.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) WriteFailure(ServerErrors.NotFound(name));
    }
}
