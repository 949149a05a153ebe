namespace LlmOps.Testing;

/// <summary>A test that needs the agent or a rehearsal rig, which run on Linux only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public override string Skip => OperatingSystem.IsLinux() ? null! : "The agent and rehearsal rigs run on Linux.";
}

/// <summary>As <see cref="LinuxFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public override string Skip => OperatingSystem.IsLinux() ? null! : "The agent and rehearsal rigs run on Linux.";
}
