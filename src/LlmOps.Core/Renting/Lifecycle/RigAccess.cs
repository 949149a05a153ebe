using System.Security;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Reaches rented machines by SSH.</summary>
/// <param name="links">Opens links.</param>
/// <param name="connections">The shared connections of this process.</param>
public sealed class RigAccess(IRigLinkFactory links, RigConnectionPool connections) : IRigAccess
{
    /// <inheritdoc/>
    public async Task<RigReach> TryReachAsync(GpuRig rig, IReadOnlyList<string> otherUsers, CancellationToken cancel)
    {
        string? reason = null;
        foreach (var candidate in otherUsers.Select(user => rig with { Ssh = rig.Ssh! with { UserName = user } }).Prepend(rig))
        {
            try
            {
                var link = await links.OpenAsync(candidate, FirstContact.Instance, cancel).ConfigureAwait(false);
                await link.DisposeAsync().ConfigureAwait(false);
                return new RigReach(candidate, null);
            }
            catch (LlmOpsException failure) when (failure.Kind != ErrorKind.SecurityError)
            {
                reason = failure.Message;
                if (failure.ErrorId != "AuthenticationFailed") break; // another user changes nothing
            }
        }

        return new RigReach(null, reason);
    }

    /// <inheritdoc/>
    public async Task<GpuRig> PrepareAsync(GpuRig rig, GuardOrder? guard, CancellationToken cancel)
    {
        var connection = connections.Get(rig);
        await connection.ConnectAsync(FirstContact.Instance, cancel).ConfigureAwait(false);
        if (guard is not null) await ArmAsync(connection, rig, guard, cancel).ConfigureAwait(false);
        try
        {
            var gpus = (await connection.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(), cancel).ConfigureAwait(false)).Gpus;
            return gpus.Count == 0 ? rig : rig with { Gpu = gpus[0].Name, GpuCount = gpus.Count };
        }
        catch (LlmOpsException unseen) when (unseen.IsFromRig)
        {
            return rig; // Get-GpuMemory and Test-GpuRig say why
        }
    }

    /// <inheritdoc/>
    public async Task CloseAsync(GpuRig rig) => await connections.CloseAsync(rig).ConfigureAwait(false);

    private static async Task ArmAsync(IRigConnection connection, GpuRig rig, GuardOrder guard, CancellationToken cancel)
    {
        try
        {
            var key = guard.Key is null ? null : SecureText.Reveal(guard.Key);
            var armed = await connection.InvokeAsync(GuardOperations.Arm, new GuardArmArgs(guard.Spec(), key), cancel).ConfigureAwait(false);
            if (!armed.IsRunning) throw RentalErrors.GuardNotArmed(rig.Name, null);
        }
        catch (LlmOpsException failure) when (failure.IsFromRig)
        {
            throw RentalErrors.GuardNotArmed(rig.Name, failure);
        }
    }

    /// <summary>Nobody has been to the machine before, and its provider has just named the address: the key that it shows now is the one to hold it to.</summary>
    private sealed class FirstContact : IConnectQuestions
    {
        public static readonly FirstContact Instance = new();

        public Task<bool> TrustHostKeyAsync(string host, string keyType, string fingerprint, CancellationToken cancel) => Task.FromResult(true);

        public Task<SecureString?> AskAsync(string prompt, bool echo, CancellationToken cancel) => Task.FromResult<SecureString?>(null);
    }
}
