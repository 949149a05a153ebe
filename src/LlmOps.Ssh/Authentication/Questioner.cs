using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Ssh.Authentication;

/// <summary>Asks from within SSH.NET's blocking authentication, and holds the time limit of the attempt meanwhile.</summary>
/// <param name="questions">Who is asked; null where nobody can be.</param>
/// <param name="limit">The limit of the attempt.</param>
/// <param name="patience">How long the attempt may take, apart from questions.</param>
/// <param name="cancel">Withdraws the question.</param>
internal sealed class Questioner(IConnectQuestions? questions, CancellationTokenSource limit, TimeSpan patience, CancellationToken cancel)
{
    /// <summary>True if somebody can be asked.</summary>
    public bool CanAsk => questions is not null;

    /// <summary>Asks; null if there is nobody or no answer. Blocks its thread, which is the one that connects and nobody's else.</summary>
    public SecureString? Ask(string prompt, bool echo)
    {
        if (questions is null) return null;
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
        try
        {
            return questions.AskAsync(prompt, echo, cancel).GetAwaiter().GetResult();
        }
        finally
        {
            limit.CancelAfter(patience);
        }
    }
}
