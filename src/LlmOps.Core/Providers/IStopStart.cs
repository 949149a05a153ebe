namespace LlmOps.Providers;

/// <summary>A provider whose machines can be stopped and started again.</summary>
public interface IStopStart
{
    /// <summary>What stopping costs and risks, in a sentence for whoever is about to do it.</summary>
    string StopConsequence { get; }

    /// <summary>Stops a machine; its GPUs are given back.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It can't be stopped.</exception>
    Task StopAsync(string id, CancellationToken cancel);

    /// <summary>Starts a stopped machine. Its address, its port and its host key may be others afterwards.</summary>
    /// <param name="id">The provider's id of the machine.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ProviderException">It can't be started, for instance because its GPUs are taken.</exception>
    Task StartAsync(string id, CancellationToken cancel);
}
