using System.Runtime.InteropServices;
using LlmOps.Benchmarks.Diagnosis;
using LlmOps.Benchmarks.Downloads;
using LlmOps.Benchmarks.FanOut;
using LlmOps.Benchmarks.Offers;
using LlmOps.Benchmarks.Tunnels;

namespace LlmOps.Benchmarks;

/// <summary>The entry point: one word says which benchmark.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var options = new Options(arguments);
        switch (arguments)
        {
            case ["fan-out", ..]:
                using (var benchmark = new FanOutBenchmark(options.Number("--rigs", 50), options.Number("--rounds", 7)))
                using (OnSignal(PosixSignal.SIGINT, benchmark.Abandon))
                using (OnSignal(PosixSignal.SIGTERM, benchmark.Abandon))
                    benchmark.Run();
                return 0;

            case ["download", ..]:
                await using (var benchmark = new DownloadBenchmark(DownloadSettings.From(options)))
                    benchmark.Run();
                return 0;

            case ["tunnel", ..]:
                using (var benchmark = new TunnelBenchmark())
                using (OnSignal(PosixSignal.SIGINT, benchmark.Dispose))
                using (OnSignal(PosixSignal.SIGTERM, benchmark.Dispose))
                    await benchmark.RunAsync(options.List("--rows", "bulk,tokens,connections"), options.Number("--rounds", 5), options.Number("--megabytes", 1000) * 1_000_000L, options.Number("--seconds", 3));
                return 0;

            case ["soak", ..]:
                using (var soak = new SoakRun())
                    return await soak.RunAsync(options.Number("--streams", 64), TimeSpan.FromMinutes(options.Number("--minutes", 10)), TimeSpan.FromSeconds(options.Number("--cut", 20))) ? 0 : 1;

            case ["diagnosis", ..]:
                using (var benchmark = new DiagnosisBenchmark(options.Number("--megabytes", 100), options.Number("--rounds", 5))) benchmark.Run();
                return 0;

            case ["offers", ..]:
                await using (var benchmark = new OffersBenchmark(options.Number("--offers", 5000), options.Number("--rounds", 5))) benchmark.Run();
                return 0;

            case ["session"]:
                return Session.Run();

            default:
                Console.Error.WriteLine("usage: benchmarks/run.sh fan-out [--rigs 50] [--rounds 7]");
                Console.Error.WriteLine("       benchmarks/run.sh download [--scenarios limited,unlimited,small,kill,kills] [--contestants ours,hf,aria2c,curl] [--rounds 5]");
                Console.Error.WriteLine("                                  [--megabytes 4000] [--rate 40] [--kills 50] [--folder /dev/shm] [--results rounds.jsonl]");
                Console.Error.WriteLine("       benchmarks/run.sh tunnel [--rounds 5] [--megabytes 1000] [--seconds 3] [--rows bulk,tokens1,tokens16,tokens64,tokens256,connections]");
                Console.Error.WriteLine("       benchmarks/run.sh soak [--minutes 10] [--streams 64] [--cut 20]");
                Console.Error.WriteLine("       benchmarks/run.sh diagnosis [--megabytes 100] [--rounds 5]");
                Console.Error.WriteLine("       benchmarks/run.sh offers [--offers 5000] [--rounds 5]");
                return 64;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action end) => PosixSignalRegistration.Create(signal, _ =>
    {
        end();
        Environment.Exit(130);
    });
}
