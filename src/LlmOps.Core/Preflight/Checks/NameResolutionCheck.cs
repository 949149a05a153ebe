using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the Hub's name is found.</summary>
internal sealed class NameResolutionCheck : IRigCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public string Name => "NameResolution";

    public bool IsCheap => false;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var host = survey.HubHost;
        var began = Stopwatch.GetTimestamp();
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancel).WaitAsync(Limit, cancel).ConfigureAwait(false);
            var spent = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            return Finding.Pass($"{host} is found in {spent:0} ms.", $"{host}: {string.Join(", ", addresses.Select(address => address.ToString()))}");
        }
        catch (Exception unknown) when (unknown is SocketException or TimeoutException or ArgumentException)
        {
            return Finding.Warn($"{host} has no address: {unknown.Message.TrimEnd('.')}. What is on the rig already can be served.", unknown.ToString(),
                "Look at /etc/resolv.conf on the rig. Without a network, bring models with Copy-HfModel.");
        }
    }
}
