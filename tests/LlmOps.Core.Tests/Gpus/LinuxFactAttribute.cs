namespace LlmOps.Tests.Gpus;

/// <summary>A test that starts the agent, which runs on Linux only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public override string Skip => OperatingSystem.IsLinux() ? null! : "The agent runs on Linux.";
}

/// <summary>As <see cref="LinuxFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public override string Skip => OperatingSystem.IsLinux() ? null! : "The agent runs on Linux.";
}
