using System.Collections.Concurrent;
using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Ssh.Tests;

/// <summary>A person at the keyboard who gives fixed answers and remembers the questions.</summary>
internal sealed class Answers(bool trust = true, params string?[] typed) : IConnectQuestions
{
    private readonly ConcurrentQueue<string?> _typed = new(typed);

    public ConcurrentQueue<string> Asked { get; } = new();

    public Task<bool> TrustHostKeyAsync(string host, string keyType, string fingerprint, CancellationToken cancel)
    {
        Asked.Enqueue($"{host} {keyType} {fingerprint}");
        return Task.FromResult(trust);
    }

    public Task<SecureString?> AskAsync(string prompt, bool echo, CancellationToken cancel)
    {
        Asked.Enqueue(prompt);
        if (!_typed.TryDequeue(out var answer) || answer is null) return Task.FromResult<SecureString?>(null);
        var secret = new SecureString();
        foreach (var letter in answer) secret.AppendChar(letter);
        return Task.FromResult<SecureString?>(secret);
    }
}
