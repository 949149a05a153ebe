namespace LlmOps.Tests.WebUI;

/// <summary>A test that runs containers, and is skipped with the reason where none can be run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ContainerFactAttribute : FactAttribute
{
    /// <param name="needsDocker">Whether Docker's own program has to be there.</param>
    public ContainerFactAttribute(bool needsDocker = false) => Skip = ContainerLab.WhyNot ?? (needsDocker && !ContainerLab.HasDocker ? "'docker' is not installed." : null);
}
