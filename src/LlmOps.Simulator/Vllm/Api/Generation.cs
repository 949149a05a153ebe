using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>One answer as it is made, token by token, as fast as the memory bandwidth of the GPUs would allow.</summary>
internal sealed class Generation(SimulatedMachine machine, ServeSettings settings, ModelFiles model, EngineStats stats, GenerationRequest request)
{
    private const double BandwidthUse = 0.6;
    private const double PromptTokensPerSecond = 2500;

    private readonly double _secondsPerToken = model.WeightBytes / (machine.Gpu.BandwidthGBs * 1e9 * settings.TensorParallel * BandwidthUse);

    public int Reasoned { get; private set; }

    public int Generated { get; private set; }

    /// <summary>Why it ended: <c>stop</c> or <c>length</c>.</summary>
    public string FinishReason { get; private set; } = "stop";

    /// <summary>The tokens; the first ones may be thoughts.</summary>
    public async IAsyncEnumerable<(string Text, bool IsThought)> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        stats.Begin(request.PromptTokens);
        var ended = "abort"; // unless the end is reached: the client may go before
        try
        {
            await machine.PassAsync(0.03 + (request.PromptTokens / PromptTokensPerSecond), cancel).ConfigureAwait(false);
            var last = Stopwatch.GetTimestamp();
            var decoding = last;
            foreach (var (text, isThought) in Text())
            {
                await KeepPaceAsync(decoding, cancel).ConfigureAwait(false);
                (Generated == 0 ? stats.FirstToken : stats.InterToken).Observe(Stopwatch.GetElapsedTime(Generated == 0 ? began : last).TotalSeconds);
                last = Stopwatch.GetTimestamp();
                Generated++;
                if (isThought) Reasoned++;
                stats.Token();
                yield return (text, isThought);
            }

            stats.Prefill.Observe(Stopwatch.GetElapsedTime(began, decoding).TotalSeconds);
            stats.Decode.Observe(Stopwatch.GetElapsedTime(decoding).TotalSeconds);
            if (Generated > 1) stats.PerToken.Observe(Stopwatch.GetElapsedTime(decoding).TotalSeconds / (Generated - 1));
            ended = FinishReason;
        }
        finally
        {
            stats.End(request.PromptTokens, Generated, ended, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    /// <summary>Timers are coarser than a fast token: the wait is measured from the first token on.</summary>
    private async Task KeepPaceAsync(long decoding, CancellationToken cancel)
    {
        var due = TimeSpan.FromSeconds(Generated * _secondsPerToken / machine.State.Speed) - Stopwatch.GetElapsedTime(decoding);
        if (due > TimeSpan.FromMilliseconds(2)) await Task.Delay(due, cancel).ConfigureAwait(false);
    }

    private IEnumerable<(string Text, bool IsThought)> Text()
    {
        var answer = request.Schema is not null ? SchemaSample.Of(request.Schema)?.ToJsonString() ?? "null"
            : request.AnyJson ? "{\"answer\":\"simulated\"}"
            : AnswerBook.Answer(request.Prompt, settings.ServedNames[0], request.HasImage);
        foreach (var stop in request.Stops.Where(stop => stop.Length > 0))
            if (answer.IndexOf(stop, StringComparison.Ordinal) is var at && at >= 0) answer = answer[..at];
        var thoughts = settings.Reasons && request.IsChat ? Tokens.Split(AnswerBook.Reasoning(request.Prompt)) : [];
        var tokens = thoughts.Select(token => (token, true)).Concat(Tokens.Split(answer).Select(token => (token, false))).ToList();
        FinishReason = request.IgnoreEnd || tokens.Count > request.MaxTokens ? "length" : "stop";
        if (!request.IgnoreEnd) return tokens.Take(request.MaxTokens);
        return Enumerable.Range(0, request.MaxTokens).Select(number => number < tokens.Count ? tokens[number] : (" and", false));
    }
}
