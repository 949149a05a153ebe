namespace LlmOps.Ssh.Tests;

/// <summary>A test that needs a program, and is skipped by name where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithProgramAttribute : FactAttribute
{
    public FactWithProgramAttribute(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Join(folder, program)))) Skip = $"'{program}' is not installed.";
    }
}
