using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Sockets;
using LlmOps.Testing.Clouds;

namespace LlmOps.Benchmarks.Offers;

/// <summary>The offers of four providers with thousands of rows each: Find-GpuOffer against a script that fetches the four catalogues one after another and sorts them.</summary>
/// <param name="rows">How many rows each provider has.</param>
/// <param name="rounds">How many rounds.</param>
internal sealed class OffersBenchmark(int rows, int rounds) : IAsyncDisposable
{
    private const string Script = """
        import json, os, sys, urllib.request
        rows = []
        for name, path, header in json.loads(os.environ['CATALOGUES']):
            request = urllib.request.Request(path, headers={'User-Agent': 'script', header.split(': ')[0]: header.split(': ')[1]})
            data = json.load(urllib.request.urlopen(request))
            if name == 'RunPod': rows += [(2 * gpu['price']['secure'], name, gpu['id']) for gpu in data['gpus']]
            elif name == 'MassedCompute': rows += [(value['instance_type']['price_cents_per_hour'] / 100, name, key) for key, value in data['gpu_inventory'].items()]
            elif name == 'Shadeform': rows += [(kind['hourly_price'] / 100, name, kind['shade_instance_type']) for kind in data['instance_types']]
            else: rows += [(value['instance_type']['price_cents_per_hour'] / 100, name, key) for key, value in data['data'].items()]
        rows.sort()
        print(len(rows))
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("llmops-offers-").FullName;
    private readonly List<FakeCloud> _clouds = [];

    public void Run()
    {
        Prepare();
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        Invoke(runspace, $"Import-Module '{ModuleUnderTest.Manifest()}'");
        var ours = new Series("Find-GpuOffer -GpuCount 2");
        var script = new Series("a Python script, one provider after another");
        var found = Invoke(runspace, "(Find-GpuOffer -GpuCount 2).Count"); // the first one loads code
        for (var round = 0; round < rounds; round++)
        {
            ours.Time(() => Invoke(runspace, "$null = Find-GpuOffer -GpuCount 2"));
            script.Time(() => Shell.Run("python3", "-c", Script));
        }

        Console.WriteLine($"4 providers, {rows} rows each; {found} offers found; medians of {rounds} rounds");
        Console.WriteLine(ours);
        Console.WriteLine(script);
        MeasureDead(runspace);
        Console.WriteLine(FormattableString.Invariant($"Find-GpuOffer: {ours.FasterThan(script):0.0} times as fast"));
    }

    // A provider whose port takes connections and never answers, beside three that do.
    private void MeasureDead(Runspace runspace)
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        Environment.SetEnvironmentVariable("LLMOPS_LAMBDA_URL", $"http://127.0.0.1:{((IPEndPoint)dead.LocalEndpoint).Port}/");
        var series = new Series("the same with Lambda dead and -Timeout 2");
        var found = "";
        for (var round = 0; round < rounds; round++) series.Time(() => found = Invoke(runspace, "(Find-GpuOffer -GpuCount 2 -Timeout 2 -WarningAction SilentlyContinue).Count"));
        Console.WriteLine($"{series}; {found} offers found");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in _clouds) await cloud.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Invoke(Runspace runspace, string script)
    {
        using var shell = PowerShell.Create(runspace);
        var output = shell.AddScript(script).Invoke();
        return shell.HadErrors ? throw new InvalidOperationException(string.Join("; ", shell.Streams.Error)) : string.Join(" ", output);
    }

    private void Prepare()
    {
        var runPod = new FakeRunPod();
        var massed = new FakeMassed();
        var shadeform = new FakeShadeform();
        var lambda = new FakeLambda();
        _clouds.AddRange([runPod, massed, shadeform, lambda]);
        for (var row = runPod.Catalog.Count; row < rows; row++) runPod.Catalog.Add(($"NVIDIA Row {row}", 48, 0.2m + row / 1000m, 0, 8, ["EU-RO-1", "US-KS-2"]));
        for (var row = massed.Catalog.Count; row < rows; row++) massed.Catalog.Add(($"gpu_2x_row{row}", "2x RTX A6000 (48GB)", 50 + row, ["us-central-1"], 5));
        for (var row = shadeform.Catalog.Count; row < rows; row++) shadeform.Catalog.Add(("hyperstack", $"L40Sx{row}", "L40S", 48, 2, 60 + row, ["canada-1", "norway-1"]));
        for (var row = lambda.Catalog.Count; row < rows; row++) lambda.Catalog.Add(($"gpu_2x_row{row}", "H100 (80 GB SXM5)", 2, 70 + row, ["us-south-2"]));

        var catalogues = new List<string>();
        foreach (var (cloud, path, variable, header) in new (FakeCloud, string, string, string)[]
        {
            (runPod, "catalog/gpus?include=AVAILABILITY&product=POD&count=2", "RUNPOD_API_KEY", "Authorization: Bearer "), (massed, "gpu-inventory", "MASSED_COMPUTE_API_KEY", "Authorization: Bearer "),
            (shadeform, "instances/types", "SHADEFORM_API_KEY", "X-API-KEY: "), (lambda, "instance-types", "LAMBDA_API_KEY", "Authorization: Bearer "),
        })
        {
            Environment.SetEnvironmentVariable($"LLMOPS_{cloud.Provider.ToUpperInvariant()}_URL", cloud.Address.AbsoluteUri);
            Environment.SetEnvironmentVariable(variable, cloud.Key);
            catalogues.Add($"[\"{cloud.Provider}\", \"{new Uri(cloud.Address, path)}\", \"{header}{cloud.Key}\"]");
            // The catalogue is written once, so that what is timed is not the fake.
            using var http = new HttpClient();
            var parts = header.Split(": ");
            http.DefaultRequestHeaders.TryAddWithoutValidation(parts[0], $"{parts[1]}{cloud.Key}");
            http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "benchmark");
            var text = http.GetStringAsync(new Uri(cloud.Address, path)).GetAwaiter().GetResult();
            cloud.Chance = _ => new CloudFault(_ => true, new CloudAnswer(200, text));
        }

        Environment.SetEnvironmentVariable("CATALOGUES", $"[{string.Join(",", catalogues)}]");
        Environment.SetEnvironmentVariable("LLMOPS_HOME", _home);
    }
}
