using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using LlmOps.Engines;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Engines;

public sealed class EngineInstallTests
{
    private const string Uv = """
        #!/usr/bin/python3
        import os, sys, time
        with open(os.environ["UV_CALLS"], "a") as f: f.write(" ".join(sys.argv[1:]) + "\n")
        if sys.argv[1] == "venv": os.makedirs(sys.argv[-1] + "/bin", exist_ok=True)
        else:
            print("Resolved 150 packages", flush=True)
            while os.path.exists(os.environ["UV_CALLS"] + ".hold"): time.sleep(0.02)
            if os.path.exists(os.environ["UV_CALLS"] + ".fail"): print("error: no space left"); sys.exit(2)
            open(sys.argv[sys.argv.index("--python") + 1].replace("python", "vllm"), "w").write("x")
        """;

    [Theory]
    [InlineData("580.95.05", "cu130", "--torch-backend=cu130")]
    [InlineData("570.86.15", "cu129", "--extra-index-url https://wheels.vllm.ai/1.2.3/cu129 --torch-backend=cu129")]
    public async Task The_build_that_fits_the_driver_is_installed_once(string driver, string variant, string arguments)
    {
        await using var rig = new RigUnderTest();
        var calls = Prepare(rig, driver);
        rig.AddProgram("uv", Uv);
        var seen = new List<EngineInstallProgress>();
        File.WriteAllText(calls + ".hold", "");
        var installing = InstallAsync(rig, seen);
        await ServerLifeTests.Until(() => seen.Any(progress => progress is { Number: 5, Detail: "Resolved 150 packages" }));
        File.Delete(calls + ".hold");
        var installed = await installing;
        Assert.Equal(("vLLM", "1.2.3", variant, Path.Join(rig.Root, "venvs", "vllm-1.2.3")), (installed.Engine, installed.Version, installed.Variant, installed.Path));
        Assert.EndsWith($"vllm==1.2.3 {arguments}", File.ReadLines(calls).Last());
        Assert.Equal(2, File.ReadLines(calls).Count());
        Assert.Equal(installed, await InstallAsync(rig));
        Assert.Equal(2, File.ReadLines(calls).Count());
    }

    [Fact]
    public async Task A_failed_installation_is_never_used_and_goes_on_when_asked_again()
    {
        await using var rig = new RigUnderTest();
        var calls = Prepare(rig, "580.1");
        rig.AddProgram("uv", Uv);
        File.WriteAllText(calls + ".fail", "");
        var error = await Assert.ThrowsAsync<LlmOpsException>(() => InstallAsync(rig));
        Assert.Equal("EngineInstallFailed", error.ErrorId);
        Assert.Contains("no space left", error.Message);
        error = await Assert.ThrowsAsync<LlmOpsException>(() => rig.StartAsync(rig.Wish() with { EngineVersion = "1.2.3" }));
        Assert.Equal("EngineNotInstalled", error.ErrorId);
        File.Delete(calls + ".fail");
        Assert.Equal("1.2.3", (await InstallAsync(rig)).Version);
    }

    [Theory]
    [InlineData("470.1", "GpuDriverTooOld")]
    [InlineData(null, "GpuDriverMissing")]
    public async Task A_rig_without_a_driver_that_will_do_is_refused(string? driver, string id)
    {
        await using var rig = new RigUnderTest();
        Prepare(rig, driver);
        Assert.Equal(id, (await Assert.ThrowsAsync<LlmOpsException>(() => InstallAsync(rig))).ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Uv_is_fetched_where_it_is_missing_and_used_only_if_it_is_what_was_published(bool genuine)
    {
        await using var rig = new RigUnderTest();
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        using (var tar = new TarWriter(zip))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "uv-x/uv") { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Uv)) });
        var archive = packed.ToArray();
        using var listener = new HttpListener();
        var place = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add(place + "/");
        listener.Start();
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                var context = await listener.GetContextAsync();
                var isHash = context.Request.Url!.AbsolutePath.EndsWith(".sha256");
                var answer = isHash ? System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(genuine ? archive : [1])) + "  *uv.tar.gz\n") : archive;
                context.Response.OutputStream.Write(answer);
                context.Response.Close();
            }
        });
        Prepare(rig, "580.1", ("UV_DOWNLOAD_URL", place));
        if (genuine) Assert.Equal("1.2.3", (await InstallAsync(rig)).Version);
        else Assert.Equal("UvUnavailable", (await Assert.ThrowsAsync<LlmOpsException>(() => InstallAsync(rig))).ErrorId);
        Assert.Equal(genuine, File.Exists(Path.Join(rig.Root, "bin", "uv")));
        await serving;
    }

    private static string Prepare(RigUnderTest rig, string? driver, params (string, string)[] environment)
    {
        var calls = Path.Join(rig.Root, "uv-calls");
        if (driver is not null) rig.AddGpus(Path.Join(rig.Root, "held"), driver);
        rig.NewAgent([("UV_CALLS", calls), ("HOME", rig.Root), .. environment]);
        return calls;
    }

    private static Task<EngineInstallation> InstallAsync(RigUnderTest rig, List<EngineInstallProgress>? seen = null) =>
        rig.Agent.InvokeAsync(
            EngineOperations.Install, new EngineInstallArgs(Guid.NewGuid().ToString(), "1.2.3", false),
            progress => { seen?.Add(progress); return ValueTask.CompletedTask; }, CancellationToken.None);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
