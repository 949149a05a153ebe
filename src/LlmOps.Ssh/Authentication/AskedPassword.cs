using Renci.SshNet;

namespace LlmOps.Ssh.Authentication;

/// <summary>The password method (RFC 4252 §8), asked for only when the server would take one.</summary>
/// <param name="user">The login name.</param>
/// <param name="login">The login as the user knows it, <c>user@host</c>.</param>
/// <param name="secrets">The passwords that are known.</param>
/// <param name="questioner">Asks for the others.</param>
/// <param name="offered">Told what is offered.</param>
internal sealed class AskedPassword(string user, string login, SecretStore secrets, Questioner questioner, Action<string> offered) : AuthenticationMethod(user)
{
    private const int Tries = 3;

    public override string Name => "password";

    public override AuthenticationResult Authenticate(Renci.SshNet.Session session)
    {
        if (secrets.Find(login) is { } known)
        {
            if (Try(session, known) is not AuthenticationResult.Failure and var result) return result;
            secrets.Forget(login);
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (questioner.Ask($"Password of {login}", echo: false) is not { Length: > 0 } typed) break;
            var result = Try(session, SecretStore.Reveal(typed));
            if (result == AuthenticationResult.Failure) continue;
            secrets.Keep(login, typed);
            return result;
        }

        return AuthenticationResult.Failure;
    }

    private AuthenticationResult Try(Renci.SshNet.Session session, string password)
    {
        offered("a password");
        using var method = new PasswordAuthenticationMethod(Username, password);
        var result = method.Authenticate(session);
        AllowedAuthentications = method.AllowedAuthentications;
        return result;
    }
}
