namespace LlmOps.Host;

internal static class Program
{
    private static int Main() => 64;
}
