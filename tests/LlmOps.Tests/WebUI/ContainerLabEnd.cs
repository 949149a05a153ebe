namespace LlmOps.Tests.WebUI;

/// <summary>Takes the lab away after the tests of a class: when the process ends there may be no time for it.</summary>
public sealed class ContainerLabEnd : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => ContainerLab.Instance.Dispose();
}
