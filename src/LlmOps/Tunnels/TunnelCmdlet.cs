using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Tunnels;

/// <summary>A cmdlet that finds tunnels or opens them.</summary>
public abstract class TunnelCmdlet : RigCmdlet
{
    /// <summary>The tunnels that names, wildcards and objects stand for. A name that is not there is an error; a wildcard that matches nothing is none.</summary>
    private protected IReadOnlyList<LlmTunnel> Resolve(IEnumerable<TunnelArgument> arguments)
    {
        var found = new List<LlmTunnel>();
        foreach (var argument in arguments)
        {
            if (argument.Tunnel is { } given)
            {
                found.Add(given);
            }
            else if (WildcardPattern.ContainsWildcardCharacters(argument.Name))
            {
                var pattern = WildcardPattern.Get(argument.Name, WildcardOptions.IgnoreCase);
                found.AddRange(Services.Tunnels.List().Where(tunnel => pattern.IsMatch(tunnel.Name)));
            }
            else if (Services.Tunnels.Find(argument.Name) is { } known)
            {
                found.Add(known);
            }
            else
            {
                WriteFailure(TunnelErrors.NotFound(argument.Name));
            }
        }

        return found;
    }

    /// <summary>The server that an argument stands for: the object, or what the rig says of the name.</summary>
    private protected async Task<LlmServer> ResolveAsync(ServerArgument argument, RigArgument? on, CancellationToken cancel)
    {
        var rig = on is not null ? Find(on) : argument.Server?.Rig ?? OnlyRig() ?? throw TunnelErrors.RigUnknown(argument.Name);
        if (argument.Server is { } given) return given with { Rig = rig };
        var connection = await ConnectAsync(rig, cancel);
        return await connection.InvokeAsync(ServerOperations.Get, new ServerReference(argument.Name), cancel) with { Rig = rig };
    }

    /// <summary>The one rig that an argument stands for.</summary>
    private protected static GpuRig Find(RigArgument argument) => argument.Rig ?? Services.Rigs.Find(argument.Name) ?? throw RigErrors.NotFound(argument.Name);

    /// <summary>Opens a tunnel to a server and makes sure that the server answers through it.</summary>
    private protected async Task<LlmTunnel> OpenAsync(LlmServer server, string name, Func<TunnelOptions, TunnelOptions> with, CancellationToken cancel)
    {
        var rig = server.Rig ?? throw TunnelErrors.RigUnknown(server.Name);
        using var progress = new ProgressLine(this, $"Opening a tunnel to {server.Name}");
        progress.Report($"Connecting to {rig.Name}");
        var connection = await ConnectAsync(rig, cancel);
        var key = await connection.InvokeAsync(ServerOperations.ApiKey, new ServerReference(server.Name), cancel);
        var options = new TunnelOptions
        {
            Name = name,
            Rig = rig,
            Server = server.Name,
            Model = server.ServedModelName,
            RemotePort = server.Port,
            ApiKey = SecureText.Hide(key.Value),
        };
        return await OpenAsync(with(options), tunnel => new TunnelCheck(Services.Chat, Services.Time).VerifyServerAsync(tunnel, cancel), cancel);
    }

    /// <summary>Opens a tunnel and checks it; if the check fails, nothing is left.</summary>
    private protected async Task<LlmTunnel> OpenAsync(TunnelOptions options, Func<LlmTunnel, Task> check, CancellationToken cancel)
    {
        var opening = LlmTunnel.OpenAsync(options, Services.LocatedLinks, new ConnectQuestions(this), Services.Time, cancel);
        await new WaitLine(this, "Opening a tunnel").ShowAsync($"Connecting to {options.Rig.Name}", opening);
        var tunnel = await opening;
        try
        {
            await check(tunnel);
            return tunnel;
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }
    }

    private static GpuRig? OnlyRig() => Services.Rigs.List() is [var only] ? only : null;
}
