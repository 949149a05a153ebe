using System.Globalization;
using System.Management.Automation.Host;

namespace LlmOps.Host;

/// <summary>The engine's host on this console.</summary>
internal sealed class ConsoleHost : PSHost
{
    private readonly ConsoleUI _ui;

    public ConsoleHost(bool interactive, CancellationToken interrupt) => _ui = new ConsoleUI(interactive, interrupt);

    /// <summary>The exit code that the script asked for, or null.</summary>
    public int? ExitCode { get; private set; }

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "LlmOps.Host";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version ?? new Version(0, 0);

    /// <summary>Takes away what is only shown while something runs.</summary>
    public void Finish() => _ui.Finish();

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("There is no nested prompt here; use pwsh to debug.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("There is no nested prompt here; use pwsh to debug.");

    // A program of the user's own, such as ssh, has the terminal to itself.
    public override void NotifyBeginApplication() => _ui.Finish();

    public override void NotifyEndApplication()
    {
    }
}
