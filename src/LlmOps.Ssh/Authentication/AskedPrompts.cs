using Renci.SshNet;
using Renci.SshNet.Common;

namespace LlmOps.Ssh.Authentication;

/// <summary>The keyboard-interactive method (RFC 4256): passes the server's prompts on, one-time codes among them.</summary>
/// <param name="user">The login name.</param>
/// <param name="questioner">Asks.</param>
/// <param name="offered">Told what is offered.</param>
internal sealed class AskedPrompts(string user, Questioner questioner, Action<string> offered) : AuthenticationMethod(user)
{
    private static readonly TimeSpan TypingLimit = TimeSpan.FromMinutes(2);

    public override string Name => "keyboard-interactive";

    public override AuthenticationResult Authenticate(Renci.SshNet.Session session)
    {
        var limit = session.ConnectionInfo.Timeout;
        session.ConnectionInfo.Timeout = TypingLimit; // SSH.NET counts the time in which somebody types
        using var method = new KeyboardInteractiveAuthenticationMethod(Username);
        method.AuthenticationPrompt += Answer;
        try
        {
            var result = method.Authenticate(session);
            AllowedAuthentications = method.AllowedAuthentications;
            return result;
        }
        catch (SshAuthenticationException)
        {
            return AuthenticationResult.Failure; // nobody answered
        }
        finally
        {
            session.ConnectionInfo.Timeout = limit;
        }
    }

    private void Answer(object? sender, AuthenticationPromptEventArgs request)
    {
        foreach (var prompt in request.Prompts)
        {
            offered("answers to the server's questions");
            if (questioner.Ask(prompt.Request.TrimEnd(' ', ':'), prompt.IsEchoed) is { } typed) prompt.Response = SecretStore.Reveal(typed);
        }
    }
}
