namespace LlmOps.Renting;

/// <summary>Looks whether a machine is used: requests at its engines, work on its GPUs, people who are logged in, commands, downloads and installations that run.</summary>
/// <param name="sensors">What is looked at, the cheapest first: the first that finds a use is enough.</param>
internal sealed class RigUseSensor(params IReadOnlyList<IRigUseSensor> sensors) : IRigUseSensor
{
    /// <inheritdoc/>
    public async Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        RigUse? found = null;
        foreach (var sensor in sensors)
        {
            // Each is asked every time: some compare with what they saw last.
            var use = await TryAsync(sensor, cancel).ConfigureAwait(false);
            if (use.By is not null) found ??= use;
        }

        return found ?? RigUse.None;
    }

    /// <summary>Where nobody can tell, the machine counts as used: its age and its budget end it all the same.</summary>
    private static async Task<RigUse> TryAsync(IRigUseSensor sensor, CancellationToken cancel)
    {
        try
        {
            return await sensor.ReadAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            return new RigUse($"unknown: {failure.Message}");
        }
    }
}
