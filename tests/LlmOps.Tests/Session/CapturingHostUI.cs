using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LlmOps.Tests;

/// <summary>The screen and the keyboard of a <see cref="CapturingHost"/>.</summary>
/// <param name="host">The host.</param>
/// <param name="width">The width of the screen in characters.</param>
internal sealed class CapturingHostUI(CapturingHost host, int width) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new CapturingRawUI(width);

    public override bool SupportsVirtualTerminal => false;

    public override string ReadLine() => host.Ask("|");

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (var character in host.Ask("|")) secret.AppendChar(character);
        return secret;
    }

    public override void Write(string value) => host.Screen.Append(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => host.Screen.Append(value);

    public override void WriteLine(string value) => host.Screen.AppendLine(value);

    public override void WriteErrorLine(string value) => host.Screen.AppendLine(value);

    public override void WriteDebugLine(string message) => host.Screen.AppendLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => host.Screen.AppendLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => host.Screen.AppendLine("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(host.Ask($"{caption}|{message}|{field.Name}")));

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var answer = host.Ask($"{caption}|{message}");
        return choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)).ToList().IndexOf(answer) is >= 0 and var index
            ? index
            : throw new InvalidOperationException($"'{answer}' is no choice of: {caption}|{message}");
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new InvalidOperationException($"Nobody answers: {caption}|{message}");
}
