using System.Management.Automation;
using LlmOps.Protocol.Operations;

namespace LlmOps.Servers;

/// <summary>Gets the lines of a server's log.</summary>
/// <remarks>
/// <para>Writes one string per line; of a progress bar, its last state. With -Follow the command goes on with what is added, until the server has ended or the command is stopped; a broken connection neither repeats nor loses a line.</para>
/// </remarks>
/// <example><para>Shows the last 50 lines.</para><code>Get-LlmServerLog qwen -Tail 50</code></example>
/// <example><para>Waits for a line.</para><code>Get-LlmServerLog qwen -Follow | Where-Object { $_ -match 'KV cache size' } | Select-Object -First 1</code></example>
[Cmdlet(VerbsCommon.Get, "LlmServerLog")]
[OutputType(typeof(string))]
public sealed class GetLlmServerLogCommand : NamedServerCmdlet
{
    /// <summary>Only so many of the last lines.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Tail { get; set; }

    /// <summary>Goes on with what is added.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => OnServersAsync(null, "Reading the log of", (servers, name, _) =>
        servers.ReadLogAsync(new ServerLogArgs { Name = name, Tail = Tail, Follow = Follow }, WriteObject, cancel), cancel, inTurn: true);
}
