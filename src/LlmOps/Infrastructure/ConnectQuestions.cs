using System.Management.Automation;
using System.Security;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Asks on the pipeline thread what connecting needs to know.</summary>
/// <param name="cmdlet">The cmdlet that connects; created on its pipeline thread.</param>
internal sealed class ConnectQuestions(PSCmdlet cmdlet) : IConnectQuestions
{
    private readonly SynchronizationContext? _pipeline = SynchronizationContext.Current;

    public Task<bool> TrustHostKeyAsync(string host, string keyType, string fingerprint, CancellationToken cancel) =>
        OnPipeline(() => cmdlet.ShouldContinue(
            $"The host '{host}' is not known. Its {keyType} key has the fingerprint {fingerprint}. Trust it from now on?", "Unknown SSH host key"), cancel);

    public Task<SecureString?> AskAsync(string prompt, bool echo, CancellationToken cancel) =>
        OnPipeline(() =>
        {
            cmdlet.Host.UI.Write(prompt + ": ");
            return (SecureString?)cmdlet.Host.UI.ReadLineAsSecureString();
        }, cancel);

    private async Task<T> OnPipeline<T>(Func<T> ask, CancellationToken cancel)
    {
        if (_pipeline is null || SynchronizationContext.Current == _pipeline) return ask();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pipeline.Post(
            _ =>
            {
                try
                {
                    answer.SetResult(ask());
                }
                catch (Exception failure)
                {
                    answer.SetException(failure);
                }
            },
            null);
        return await answer.Task.WaitAsync(cancel);
    }
}
