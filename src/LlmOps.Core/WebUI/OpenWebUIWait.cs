using LlmOps.Containers;
using LlmOps.State;

namespace LlmOps.WebUI;

/// <summary>Waits until a container that has been started is a web UI in which the model can be chosen.</summary>
/// <param name="engine">The engine.</param>
/// <param name="page">Speaks with it.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenWebUIWait(ContainerEngine engine, OpenWebUIPage page, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LogTime = TimeSpan.FromSeconds(2);

    /// <summary>Waits.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="limit">How long at the most.</param>
    /// <param name="progress">Told what is waited for.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="LlmOpsException"><c>OpenWebUIFailed</c>, <c>OpenWebUINotReady</c> or <c>OpenWebUIModelNotListed</c>.</exception>
    public async Task RunAsync(OpenWebUIOptions options, TimeSpan limit, IProgress<OpenWebUIProgress> progress, CancellationToken cancel)
    {
        var answered = false;
        using var end = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancel);
        try
        {
            while (true)
            {
                await EnsureRunningAsync(options, either.Token).ConfigureAwait(false);
                answered |= await page.AnswersAsync(options.PageUri, either.Token).ConfigureAwait(false);
                if (answered && await OffersModelAsync(options, either.Token).ConfigureAwait(false)) return;
                progress.Report(new OpenWebUIProgress(answered ? $"Waiting until it lists {options.Model ?? "a model"}" : "Waiting for its page", null, await LastLogLineAsync(options, either.Token).ConfigureAwait(false)));
                await Task.Delay(Pause, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var log = await LastLogLineAsync(options, cancel).ConfigureAwait(false);
            throw answered
                ? WebUIErrors.ModelNotListed(options.Name, options.Model ?? "a model", options.Endpoint, limit)
                : WebUIErrors.NotReady(options.Name, options.PageUri, limit, log);
        }
    }

    private async Task EnsureRunningAsync(OpenWebUIOptions options, CancellationToken cancel)
    {
        var state = await engine.DoAsync(["inspect", "--type", "container", "--format", "{{.State.Running}} {{.State.ExitCode}}", options.Name], cancel).ConfigureAwait(false);
        if (state.StartsWith("true", StringComparison.Ordinal)) return;
        throw WebUIErrors.Failed(options.Name, state.Split(' ').Last(), await LastLogLineAsync(options, cancel).ConfigureAwait(false));
    }

    private async Task<bool> OffersModelAsync(OpenWebUIOptions options, CancellationToken cancel)
    {
        // Only an administrator that is known can look at the list where people sign in.
        if (options is { Auth: true, AdminPassword: null }) return true;
        var token = await page.SignInAsync(options.PageUri, options.AdminEmail ?? "", options.AdminPassword is { } password ? SecureText.Reveal(password) : "", cancel).ConfigureAwait(false);
        if (token is null) return false;
        var models = await page.ListModelsAsync(options.PageUri, token, cancel).ConfigureAwait(false);
        return options.Model is { } model ? models.Contains(model) : models.Count > 0;
    }

    private async Task<string> LastLogLineAsync(OpenWebUIOptions options, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(LogTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var log = await engine.RunAsync(["logs", "--tail", "5", options.Name], either.Token).ConfigureAwait(false);
            return (log.Output + log.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "";
        }
    }
}
