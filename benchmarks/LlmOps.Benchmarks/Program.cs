using System.Globalization;
using System.Runtime.InteropServices;
using LlmOps.Benchmarks.Downloads;
using LlmOps.Benchmarks.FanOut;
using LlmOps.Benchmarks.Tunnels;

namespace LlmOps.Benchmarks;

/// <summary>The entry point: one word says which benchmark.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["fan-out", .. var options]:
                using (var benchmark = new FanOutBenchmark(Number(options, "--rigs", 50), Number(options, "--rounds", 7)))
                using (OnSignal(PosixSignal.SIGINT, benchmark.Abandon))
                using (OnSignal(PosixSignal.SIGTERM, benchmark.Abandon))
                    benchmark.Run();
                return 0;

            case ["download", .. var options]:
                await using (var benchmark = new DownloadBenchmark(Number(options, "--rounds", 5), Number(options, "--megabytes", 4000) * 1_000_000L, Text(options, "--folder")))
                    benchmark.Run((Text(options, "--scenarios") ?? "limited,unlimited,small,kill").Split(','));
                return 0;

            case ["tunnel", .. var options]:
                using (var benchmark = new TunnelBenchmark())
                using (OnSignal(PosixSignal.SIGINT, benchmark.Dispose))
                using (OnSignal(PosixSignal.SIGTERM, benchmark.Dispose))
                    await benchmark.RunAsync((Text(options, "--rows") ?? "bulk,tokens,connections").Split(','), Number(options, "--rounds", 5), Number(options, "--megabytes", 1000) * 1_000_000L, Number(options, "--seconds", 3));
                return 0;

            case ["soak", .. var options]:
                using (var soak = new SoakRun())
                    return await soak.RunAsync(Number(options, "--streams", 64), TimeSpan.FromMinutes(Number(options, "--minutes", 10)), TimeSpan.FromSeconds(Number(options, "--cut", 20))) ? 0 : 1;

            case ["session"]:
                return Session.Run();

            default:
                Console.Error.WriteLine("usage: benchmarks/run.sh fan-out [--rigs 50] [--rounds 7]");
                Console.Error.WriteLine("       benchmarks/run.sh download [--rounds 5] [--megabytes 4000] [--folder /dev/shm] [--scenarios limited,unlimited,small,kill]");
                Console.Error.WriteLine("       benchmarks/run.sh tunnel [--rounds 5] [--megabytes 1000] [--seconds 3] [--rows bulk,tokens1,tokens16,tokens64,tokens256,connections]");
                Console.Error.WriteLine("       benchmarks/run.sh soak [--minutes 10] [--streams 64] [--cut 20]");
                return 64;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action end) => PosixSignalRegistration.Create(signal, _ =>
    {
        end();
        Environment.Exit(130);
    });

    private static int Number(string[] options, string name, int usual) => Text(options, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    private static string? Text(string[] options, string name)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1] : null;
    }
}
