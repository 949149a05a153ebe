using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LlmOps.Hub;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the Hugging Face Hub answers, and how fast.</summary>
internal sealed class HubCheck : IRigCheck
{
    private const double Slow = 1e6; // Get-HfModel's connections make up for more; at 1 MB/s each, 16 of them take 40 minutes for 40 GB

    public string Name => "Hub";

    public bool IsCheap => false;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (!await IsNamedAsync(survey.HubHost, cancel).ConfigureAwait(false)) return null; // said by another check
        using var hub = new HubQuestion(survey);
        var reply = await hub.AskAsync(cancel).ConfigureAwait(false);
        var evidence = string.Create(CultureInfo.InvariantCulture, $"{survey.Hub.Endpoint} status {reply.Status} after {reply.Spent.TotalMilliseconds:0} ms\n{reply.Failure?.ToString()}");
        const string remedy = "Look at the rig's network, HTTPS_PROXY and HF_ENDPOINT. Without a network, bring models with Copy-HfModel.";
        if (reply.Status is not { } status) return Finding.Warn($"{survey.Hub.Endpoint.Host} does not answer. What is on the rig already can be served.", evidence, remedy);
        if (status >= 500) return Finding.Warn($"{survey.Hub.Endpoint.Host} answers {status}.", evidence, "See https://status.huggingface.co, and try again later.");
        var rate = await hub.MeasureAsync(cancel).ConfigureAwait(false);
        evidence = string.Create(CultureInfo.InvariantCulture, $"{evidence}\none connection: {rate:0} bytes/s");
        var seen = string.Create(CultureInfo.InvariantCulture, $"{survey.Hub.Endpoint.Host} answers in {reply.Spent.TotalMilliseconds:0} ms{(rate is { } speed ? $", {ByteText.Of((long)speed)}/s over one connection" : "")}.");
        return rate < Slow ? Finding.Warn(seen, evidence, "Get-HfModel uses several connections; if it stays slow, take a rig elsewhere or name a mirror in HF_ENDPOINT.") : Finding.Pass(seen, evidence);
    }

    private static async Task<bool> IsNamedAsync(string host, CancellationToken cancel)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancel).WaitAsync(TimeSpan.FromSeconds(5), cancel).ConfigureAwait(false)).Length > 0;
        }
        catch (Exception unknown) when (unknown is SocketException or TimeoutException or ArgumentException)
        {
            return false;
        }
    }
}
