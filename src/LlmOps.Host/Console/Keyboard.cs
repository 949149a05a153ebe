using System.Management.Automation;
using System.Security;

namespace LlmOps.Host;

/// <summary>Reads what is typed. Waiting ends when the script is interrupted.</summary>
/// <param name="interactive">False if nobody is to be asked.</param>
/// <param name="echo">Shows what is typed.</param>
/// <param name="interrupt">Ctrl+C.</param>
internal sealed class Keyboard(bool interactive, Action<string> echo, CancellationToken interrupt)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a line.</summary>
    public string ReadLine()
    {
        Require();
        if (System.Console.IsInputRedirected) return System.Console.In.ReadLine() ?? throw Unanswered("The input has ended, and there is a question left.");
        var line = "";
        ReadKeys(
            key =>
            {
                line += key;
                echo(key.ToString());
            },
            () =>
            {
                if (line.Length == 0) return;
                line = line[..^1];
                echo("\b \b");
            });
        return line;
    }

    /// <summary>Reads a line that is not shown.</summary>
    public SecureString ReadSecret()
    {
        Require();
        var secret = new SecureString();
        if (System.Console.IsInputRedirected)
        {
            foreach (var character in System.Console.In.ReadLine() ?? throw Unanswered("The input has ended, and a secret is needed.")) secret.AppendChar(character);
        }
        else
        {
            ReadKeys(secret.AppendChar, () =>
            {
                if (secret.Length > 0) secret.RemoveAt(secret.Length - 1);
            });
        }

        secret.MakeReadOnly();
        return secret;
    }

    private static PSInvalidOperationException Unanswered(string message) => new(message);

    private void Require()
    {
        if (!interactive) throw Unanswered("PowerShell runs non-interactively here, and there is a question to answer.");
    }

    private void ReadKeys(Action<char> typed, Action back)
    {
        while (true)
        {
            while (!System.Console.KeyAvailable)
            {
                if (interrupt.WaitHandle.WaitOne(Glance)) throw new PipelineStoppedException();
            }

            var key = System.Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                echo(Environment.NewLine);
                return;
            }

            if (key.Key == ConsoleKey.Backspace) back();
            else if (!char.IsControl(key.KeyChar)) typed(key.KeyChar);
        }
    }
}
