using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LlmOps.Host;

/// <summary>Shows what a script writes and asks what it needs to know.</summary>
internal sealed class ConsoleUI : PSHostUserInterface
{
    private readonly ConsoleText _output = new(System.Console.Out, System.Console.IsOutputRedirected);
    private readonly ConsoleText _error = new(System.Console.Error, System.Console.IsErrorRedirected);
    private readonly ProgressLines _progress;
    private readonly Keyboard _keyboard;
    private readonly Lock _screen = new();

    public ConsoleUI(bool interactive, CancellationToken interrupt)
    {
        _progress = new ProgressLines(_error, TimeProvider.System);
        _keyboard = new Keyboard(interactive, text => Write(text), interrupt);
    }

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUI();

    public override bool SupportsVirtualTerminal => _output.IsColored;

    /// <summary>Takes the progress away.</summary>
    public void Finish()
    {
        lock (_screen) _progress.Clear();
    }

    public override void Write(string value) => OnScreen(() => _output.Write(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => OnScreen(() => _output.Write(value, Ansi(foregroundColor)));

    public override void WriteLine(string value) => OnScreen(() => _output.WriteLine(value));

    public override void WriteErrorLine(string value) => OnScreen(() => _error.WriteLine(value));

    public override void WriteDebugLine(string message) => OnScreen(() => _output.WriteLine("DEBUG: " + message, PSStyle.Instance.Formatting.Debug));

    public override void WriteVerboseLine(string message) => OnScreen(() => _output.WriteLine("VERBOSE: " + message, PSStyle.Instance.Formatting.Verbose));

    public override void WriteWarningLine(string message) => OnScreen(() => _output.WriteLine("WARNING: " + message, PSStyle.Instance.Formatting.Warning));

    public override void WriteInformation(InformationRecord record)
    {
        // What is meant for the screen comes through Write and WriteLine as well.
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_screen) _progress.Show(record);
    }

    public override string ReadLine() => _keyboard.ReadLine();

    public override SecureString ReadLineAsSecureString() => _keyboard.ReadSecret();

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var menu = new ChoiceMenu(choices, defaultChoice);
        Introduce(caption, message);
        while (true)
        {
            Write(menu.Line + " ");
            var answer = _keyboard.ReadLine();
            if (menu.Find(answer) is { } choice) return choice;
            if (answer.Trim() == "?") WriteLine(menu.Help);
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Introduce(caption, message);
        return descriptions.ToDictionary(field => field.Name, Ask);
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = _keyboard.ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, _keyboard.ReadSecret());
    }

    private static string Ansi(ConsoleColor color) => Enum.IsDefined(color) ? PSStyle.MapForegroundColorToEscapeSequence(color) : "";

    private PSObject Ask(FieldDescription field)
    {
        Write(field.Name + ": ");
        var isSecret = field.ParameterTypeFullName == typeof(SecureString).FullName;
        return PSObject.AsPSObject(isSecret ? _keyboard.ReadSecret() : _keyboard.ReadLine());
    }

    private void Introduce(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption)) OnScreen(() => _output.WriteLine(Environment.NewLine + caption, PSStyle.Instance.Bold));
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
    }

    private void OnScreen(Action write)
    {
        lock (_screen)
        {
            _progress.Hide();
            write();
        }
    }
}
