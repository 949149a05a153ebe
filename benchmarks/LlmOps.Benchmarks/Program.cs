using System.Runtime.InteropServices;
using LlmOps.Benchmarks.Downloads;
using LlmOps.Benchmarks.FanOut;

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
                using (OnSignal(PosixSignal.SIGINT, benchmark))
                using (OnSignal(PosixSignal.SIGTERM, benchmark))
                    benchmark.Run();
                return 0;

            case ["download", ..]:
                await using (var benchmark = new DownloadBenchmark(DownloadSettings.From(options)))
                    benchmark.Run();
                return 0;

            case ["session"]:
                return Session.Run();

            default:
                Console.Error.WriteLine("usage: benchmarks/run.sh fan-out [--rigs 50] [--rounds 7]");
                Console.Error.WriteLine("       benchmarks/run.sh download [--scenarios limited,unlimited,small,kill,kills] [--contestants ours,hf,aria2c,curl] [--rounds 5]");
                Console.Error.WriteLine("                                  [--megabytes 4000] [--rate 40] [--kills 50] [--folder /dev/shm] [--results rounds.jsonl]");
                return 64;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, FanOutBenchmark benchmark) => PosixSignalRegistration.Create(signal, _ =>
    {
        benchmark.Abandon();
        Environment.Exit(130);
    });
}
