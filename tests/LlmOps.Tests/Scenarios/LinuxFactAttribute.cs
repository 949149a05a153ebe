namespace LlmOps.Tests.Scenarios;

/// <summary>A test with a rehearsal rig, which only Linux can host.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Rehearsal rigs run on Linux only.";
    }
}
