using System.Management.Automation;

namespace LlmOps.Chat;

/// <summary>Shows an answer while it comes, through the information stream, so that it is seen at once and can be redirected with 6&gt;.</summary>
/// <param name="cmdlet">The cmdlet.</param>
internal sealed class ChatScreen(Cmdlet cmdlet)
{
    private static readonly string[] Tags = ["PSHOST"];

    private bool _lineOpen;

    /// <summary>Shows more of the text.</summary>
    public void Write(string text)
    {
        if (text.Length == 0) return;
        Send(text, noNewLine: true);
        _lineOpen = !text.EndsWith('\n');
    }

    /// <summary>Ends the line, if one is open.</summary>
    public void EndLine()
    {
        if (_lineOpen) Send("", noNewLine: false);
        _lineOpen = false;
    }

    private void Send(string text, bool noNewLine) =>
        cmdlet.WriteInformation(new HostInformationMessage { Message = text, NoNewLine = noNewLine }, Tags);
}
