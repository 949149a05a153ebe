namespace LlmOps.Host;

/// <summary>Runs a script, or a piece of text, in the PowerShell engine with LlmOps imported.</summary>
internal static class Program
{
    private const int UsageError = 64;

    private static int Main(string[] arguments)
    {
        if (HostOptions.Parse(arguments) is not { } options)
        {
            System.Console.Error.WriteLine(HostOptions.Usage);
            return UsageError;
        }

        using var run = new ScriptRun(options);
        return run.Run();
    }
}
