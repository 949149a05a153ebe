using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Build;

/// <summary>Runs every test, one project after the other, and sums them up.</summary>
internal static partial class TestRun
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        TestNeeds.Provide();
        var results = Path.Join(Checkout.Out, "test-results");
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        Step.Run("tests: build", () => Command.Quietly(Command.Dotnet, "build", Checkout.PathOf("LlmOps.sln"), "-c", "Release", "-v", "quiet", "-nologo"));

        var count = new TestCount();
        var broken = false;
        foreach (var project in Directory.EnumerateDirectories(Checkout.PathOf("tests"), "*.Tests").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(project);
            var output = "";
            Step.Run(name, () =>
            {
                var trx = Path.Join(results, name + ".trx");
                (var exitCode, output) = Command.Capture(Command.Dotnet, [
                    "test", Path.Join(project, "bin", "Release", "net10.0", name + ".dll"), "--logger", "trx;LogFileName=" + trx,
                    "--blame-hang-timeout", "10m", "--results-directory", results, .. arguments]);
                var ran = File.Exists(trx) ? TestCount.Read(trx) : default;
                count += ran;
                broken |= exitCode != 0;
                if (exitCode == 0) output = "";
                return ran.ToString();
            });
            Console.Error.Write(output);
        }

        if (arguments.Count == 0) Step.Run("Pester", () => RunPester(ref count));
        Console.WriteLine(count);
        return broken || count.Failed > 0 ? 1 : 0;
    }

    private static string RunPester(ref TestCount count)
    {
        var ran = Pwsh.Run("Pester", $$"""
            $result = Invoke-Pester -Path '{{Checkout.PathOf("tests", "Pester")}}' -PassThru -Output Normal
            "Pester: $($result.PassedCount) $($result.FailedCount) $($result.SkippedCount)"
            """);
        if (ran is null) return "skipped: no pwsh with Pester here";
        var counts = PesterCounts().Match(ran.Value.Output);
        if (!counts.Success) throw new BuildFailure(ran.Value.Output);
        var these = new TestCount(Number(1), Number(2), Number(3));
        count += these;
        if (these.Failed > 0) Console.Error.Write(ran.Value.Output);
        return these.ToString();

        int Number(int group) => int.Parse(counts.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Pester: (\d+) (\d+) (\d+)")]
    private static partial Regex PesterCounts();
}
