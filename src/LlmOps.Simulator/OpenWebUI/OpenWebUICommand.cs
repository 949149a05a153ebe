using System.Net;
using System.Runtime.InteropServices;
using LlmOps.Simulator.Http;

namespace LlmOps.Simulator.OpenWebUI;

/// <summary><c>open-webui</c>: what stands in a container where Open WebUI would, and is set by the same variables.</summary>
internal static class OpenWebUICommand
{
    private const int DefaultPort = 8080;

    public static async Task<int> RunAsync(TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); });
        var settings = OpenWebUISettings.FromEnvironment();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var server = new HttpServer(IPAddress.Any, DefaultPort, new OpenWebUIServer(settings, http).HandleAsync);
        await output.WriteLineAsync($"Simulated Open WebUI for {settings.BaseUrl} on port {DefaultPort}").ConfigureAwait(false);
        await output.FlushAsync(stop.Token).ConfigureAwait(false);
        await server.ServeAsync(stop.Token).ConfigureAwait(false);
        return 0;
    }
}
