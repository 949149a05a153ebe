using System.Globalization;
using System.Runtime.InteropServices;

namespace LlmOps.Benchmarks;

/// <summary>The entry point: one word says which benchmark.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["fan-out", .. var options]:
                using (var benchmark = new FanOutBenchmark(Number(options, "--rigs", 50), Number(options, "--rounds", 7)))
                using (OnSignal(PosixSignal.SIGINT, benchmark))
                using (OnSignal(PosixSignal.SIGTERM, benchmark))
                    benchmark.Run();
                return 0;

            default:
                Console.Error.WriteLine("usage: benchmarks/run.sh fan-out [--rigs 50] [--rounds 7]");
                return 64;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, FanOutBenchmark benchmark) => PosixSignalRegistration.Create(signal, _ =>
    {
        benchmark.Abandon();
        Environment.Exit(130);
    });

    private static int Number(string[] options, string name, int usual)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : usual;
    }
}
