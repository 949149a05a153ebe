using System.Text;
using LlmOps.Engines;

namespace LlmOps.Tests.Engines;

public sealed class EngineLogTests
{
    [Theory]
    [InlineData("(Worker_TP1 pid=7) INFO 08-17 12:00:00 [weight_utils.py:844] Loading safetensors checkpoint shards:  45% Completed | 5/11", EnginePhase.LoadingWeights, 45d)]
    [InlineData("INFO 03-01 15:44:01 pynccl.py:69] vLLM is using nccl==2.21.5", EnginePhase.Connecting, null)]
    [InlineData("Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  34%|###4      | 23/67", EnginePhase.CapturingGraphs, 34d)]
    [InlineData("(EngineCore pid=3) INFO 08-17 12:00:00 [backends.py:394] Dynamo bytecode transform time: 7.70 s", EnginePhase.Compiling, null)]
    [InlineData("(APIServer pid=1) INFO:     Application startup complete.", EnginePhase.FirstToken, null)]
    public void Phases_are_read_from_the_lines(string line, EnginePhase phase, double? percent)
    {
        var log = new VllmLog();
        log.Add(Encoding.UTF8.GetBytes(line + "\n"));
        Assert.Equal(new EngineProgress(phase, percent), log.Progress);
    }

    [Fact]
    public void A_phase_is_never_left_backwards()
    {
        var log = new VllmLog();
        log.Add("Available KV cache memory: 5.38 GiB\nLoading safetensors checkpoint shards: 10% Completed | 1/10\n"u8);
        Assert.Equal(EnginePhase.ProfilingMemory, log.Progress.Phase);
    }

    [Fact]
    public void Spoilt_logs_are_read_without_harm()
    {
        var seed = new Random(7);
        string[] parts = ["(Worker_TP0 pid=1) ", "INFO 08-17 12:00:00 [a.py:1] ", "Loading x checkpoint shards: ", "999%", "\r", "\n", "\x1b[0m", "GPU KV cache size: ", "9,,9", " tokens", "Using max model len 99999999999", "ValueError: ", "\0", "é", "version 1"];
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, seed.Next(30)).Select(_ => parts[seed.Next(parts.Length)]));
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var i = 0; i < bytes.Length; i++) if (seed.Next(20) == 0) bytes[i] = (byte)seed.Next(256);
            var log = new VllmLog();
            var cut = seed.Next(bytes.Length + 1);
            log.Add(bytes.AsSpan(0, cut));
            log.Add(bytes.AsSpan(cut));
            Assert.InRange(log.Progress.Percent ?? 0, 0, 100);
        }
    }

    [Theory]
    [InlineData("32k", 32000)]
    [InlineData("32K", 32768)]
    [InlineData("1.5k", 1500)]
    [InlineData("4096", 4096)]
    [InlineData("auto", null)]
    public void Context_lengths_are_read_as_vLLM_reads_them(string text, int? tokens) => Assert.Equal(tokens, ContextLength.Parse(text));
}
