using System.Runtime.CompilerServices;

namespace LlmOps.Tests;

/// <summary>Tells the cmdlets of this process where the agents and the simulator of the built module are, before any of them looks.</summary>
internal static class ModuleUnderTest
{
    [ModuleInitializer]
    internal static void Find() => Environment.SetEnvironmentVariable("LLMOPS_MODULE_BIN", BuiltModule.Bin);
}
