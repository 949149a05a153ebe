using System.Management.Automation;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>A cmdlet that works on rigs.</summary>
public abstract class RigCmdlet : AsyncCmdlet
{
    private WaitLine? _connecting;

    /// <summary>The rigs that names, wildcards and objects stand for. A name that is not there is an error and the rest go on; a wildcard that matches nothing is none.</summary>
    /// <param name="arguments">Names, wildcards and objects.</param>
    private protected IReadOnlyList<GpuRig> Resolve(IEnumerable<RigArgument> arguments)
    {
        var found = new List<GpuRig>();
        var all = new Lazy<IReadOnlyList<GpuRig>>(AllRigs);
        foreach (var argument in arguments)
        {
            if (argument.Rig is { } rig)
            {
                found.Add(rig);
            }
            else if (WildcardPattern.ContainsWildcardCharacters(argument.Name))
            {
                var pattern = WildcardPattern.Get(argument.Name, WildcardOptions.IgnoreCase);
                found.AddRange(all.Value.Where(known => pattern.IsMatch(known.Name)));
            }
            else if ((Services.Rigs.Find(argument.Name) ?? all.Value.FirstOrDefault(rig => rig.Name.Equals(argument.Name, StringComparison.OrdinalIgnoreCase))) is { } known)
            {
                found.Add(known);
            }
            else
            {
                WriteFailure(RigErrors.NotFound(argument.Name));
            }
        }

        return found;
    }

    /// <summary>Ends what this session holds of a rig that is to be ended or forgotten: its tunnels, which would try to reach it for ever, and its connection.</summary>
    /// <param name="rig">The rig.</param>
    private protected static Task LeaveAsync(GpuRig rig) => Task.WhenAll(Services.Tunnels.CloseAsync(rig), Services.Connections.CloseAsync(rig).AsTask());

    /// <summary>The rigs with a profile, and those that are rented and have none yet.</summary>
    private static IReadOnlyList<GpuRig> AllRigs()
    {
        var known = Services.Rigs.List();
        return File.Exists(Services.Home.Journal) ? [.. known, .. Services.RentedRigs(Services.Accounts()).WithoutProfile(known)] : known;
    }

    /// <summary>The connection to a rig, connected; asks at the keyboard what only a person can answer.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="cancel">Ends the attempt.</param>
    private protected async Task<IRigConnection> ConnectAsync(GpuRig rig, CancellationToken cancel)
    {
        var connection = Services.Connections.Get(rig);
        _connecting ??= new WaitLine(this, "Connecting");
        await _connecting.ShowAsync(rig.Name, connection.ConnectAsync(new ConnectQuestions(this), cancel));
        return connection;
    }

    /// <summary>The connection to a rig, connected, for what goes on when it breaks; says so while the rig is out of reach.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="cancel">Ends the attempt.</param>
    private protected async Task<PatientConnection> ConnectPatientlyAsync(GpuRig rig, CancellationToken cancel) =>
        new(await ConnectAsync(rig, cancel), Services.Patience, new OutageLine(this), Services.Time);
}
