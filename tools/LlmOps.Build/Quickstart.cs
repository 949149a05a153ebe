namespace LlmOps.Build;

/// <summary>Runs the example that shows the whole job, in the engine that comes with the repository.</summary>
internal static class Quickstart
{
    public static int Run(IEnumerable<string> arguments)
    {
        var host = Checkout.PathOf("src", "LlmOps.Host", "bin", "Release", "net10.0", "llmops-host.dll");
        Step.Incremental("host", new ContentStamp("host", "src/LlmOps.Host"), host, () =>
            Command.Quietly(Command.Dotnet, "build", Checkout.PathOf("src", "LlmOps.Host"), "-c", "Release", "-v", "quiet", "-nologo"));
        return Command.Foreground(Command.Dotnet, [host, Checkout.PathOf("examples", "quickstart.ps1"), .. arguments]);
    }
}
