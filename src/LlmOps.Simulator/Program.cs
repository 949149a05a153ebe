namespace LlmOps.Simulator;

internal static class Program
{
    private static int Main() => 64;
}
