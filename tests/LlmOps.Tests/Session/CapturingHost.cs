using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation.Host;
using System.Text;

namespace LlmOps.Tests;

/// <summary>A host that keeps what would be on the screen, and answers questions from a queue.</summary>
/// <param name="width">The width of the screen in characters.</param>
public sealed class CapturingHost(int width) : PSHost
{
    private CapturingHostUI? _ui;

    /// <summary>What was written to the screen, colours and all.</summary>
    public StringBuilder Screen { get; } = new();

    /// <summary>The questions that were asked, each as <c>caption|message</c>.</summary>
    public ConcurrentQueue<string> Questions { get; } = [];

    /// <summary>The answers to give: the label of a choice, such as <c>Yes</c>, or what is typed. A question without an answer fails the script.</summary>
    public ConcurrentQueue<string> Answers { get; } = [];

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "LlmOps.Tests";

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui ??= new CapturingHostUI(this, width);

    /// <inheritdoc/>
    public override Version Version => new(1, 0);

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
    }

    internal string Ask(string question)
    {
        Questions.Enqueue(question);
        return Answers.TryDequeue(out var answer) ? answer : throw new InvalidOperationException("Nobody answers: " + question);
    }
}
