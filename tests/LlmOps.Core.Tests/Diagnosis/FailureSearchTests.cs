using System.Text;
using LlmOps.Diagnosis;

namespace LlmOps.Tests.Diagnosis;

public sealed class FailureSearchTests
{
    private const string TooLong =
        "(EngineCore pid=3) ERROR 08-17 12:00:00 [core.py:1104] ValueError: To serve at least one request with the models's max seq len (32768), (5.00 GiB KV cache is needed, which is larger than the available KV cache memory (2.89 GiB). Based on the available memory, the estimated maximum model length is 18912. Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine.";

    [Fact]
    public void The_argument_that_helps_has_the_engines_own_figure()
    {
        var diagnosis = Judge(TooLong)!;
        Assert.Equal("kv_maxlen", diagnosis.Rule);
        Assert.Equal("-MaxModelLen 18912", diagnosis.Argument);
        Assert.True(diagnosis.CanAutoFit);
        Assert.Equal(1, diagnosis.LineNumber);
        Assert.StartsWith("ValueError: To serve", diagnosis.Line, StringComparison.Ordinal);
        Assert.Contains(diagnosis.Sources, source => source.Contains("kv_cache_utils.py", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ValueError: To serve at least one request with the model's max seq len (32768), (8.00 GiB KV cache is needed, which is larger than the available KV cache memory (2.00 GiB). Try increasing", "-MaxModelLen 8160")]
    [InlineData("ValueError: Free memory on device cuda:0 (20.11/23.58 GiB) on startup is less than desired GPU memory utilization (0.92, 21.69 GiB). Decrease", "-GpuMemoryUtilization 0.85")]
    [InlineData("ValueError: Total number of attention heads (40) must be divisible by tensor parallel size (6).", "-TensorParallelSize 4")]
    [InlineData("ValueError: Total number of attention heads (14) must be divisible by tensor parallel size (4).", "-TensorParallelSize 2")]
    [InlineData("ValueError: User-specified max_model_len (65536) is greater than the derived max_model_len (max_position_embeddings=32768.0 or model_max_length=None in model's config.json).", "-MaxModelLen 32768")]
    [InlineData("ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute capability 7.5.", "-Argument '--dtype', 'half'")]
    [InlineData("ValueError: torch.bfloat16 is not supported for quantization method awq. Supported dtypes: [torch.float16]", "-Argument '--dtype', 'float16'")]
    [InlineData("RuntimeError: CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Please try lowering `max_num_seqs`", "-Argument '--max-num-seqs', '64'")]
    [InlineData("NCCL WARN Cuda failure 217 'peer access is not supported between these two devices'", "-Environment @{ NCCL_P2P_DISABLE = '1' } -Argument '--disable-custom-all-reduce'")]
    [InlineData("ValueError: No available memory for the cache blocks.", null)]
    public void Figures_are_worked_out(string line, string? argument) => Assert.Equal(argument, Judge(line)!.Argument);

    [Fact]
    public void Code_of_strangers_is_never_allowed_by_itself()
    {
        var diagnosis = Judge("RuntimeError: Failed to load the model config. If the model is a custom model not yet available in the HuggingFace transformers library, consider setting `trust_remote_code=True`")!;
        Assert.Equal("-Argument '--trust-remote-code'", diagnosis.Argument);
        Assert.False(diagnosis.CanAutoFit);
    }

    [Fact]
    public void The_first_cause_of_the_run_counts_and_not_what_follows_from_it()
    {
        Assert.Equal("oom_torch", Judge(
            "(Worker_TP1 pid=8) ERROR 08-17 12:00:00 [a.py:1] torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB.",
            "[Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=3, OpType=ALLREDUCE, Timeout(ms)=600000)",
            "(EngineCore pid=3) ERROR 08-17 12:10:00 [b.py:1] Worker proc VllmWorker-1 died unexpectedly (exit code: 1), shutting down executor.",
            "RuntimeError: Engine core initialization failed. See root cause above.")!.Rule);
    }

    [Fact]
    public void A_run_that_has_come_up_forgets_what_it_complained_of_before()
    {
        Assert.Null(Judge("429 Client Error: Too Many Requests for url: https://huggingface.co/x", "INFO:     Application startup complete."));
        Assert.Equal("ima", Judge(
            "OSError: [Errno 28] No space left on device", "INFO:     Application startup complete.",
            "This model's maximum context length is 32768 tokens. However, you requested 4096 output tokens", "torch.AcceleratorError: CUDA error: an illegal memory access was encountered")!.Rule);
        Assert.Equal("kv_none", Judge(
            "OSError: [Errno 98] Address already in use", "(APIServer pid=9) INFO 08-17 13:00:00 [a.py:1] non-default args: {'model': 'x'}",
            "ValueError: No available memory for the cache blocks.")!.Rule);
    }

    [Fact]
    public void What_a_client_says_is_no_failure() =>
        Assert.Null(Judge("(APIServer pid=1) INFO 08-17 12:00:00 [logger.py:40] Received request: prompt: 'CUDA out of memory. Tried to allocate 2 GiB'", "time=2026-08-21T09:00:00Z level=INFO source=a.go:1 msg=\"No space left on device\""));

    [Fact]
    public void A_warning_is_the_cause_only_where_nothing_worse_is_said()
    {
        const string warning = "(EngineCore pid=3) WARNING 08-17 12:00:00 [a.py:1] 429 Client Error: Too Many Requests for url: x";
        Assert.Equal("hf_429", Judge(warning)!.Rule);
        Assert.Equal("kv_maxlen", Judge(warning, TooLong)!.Rule);
    }

    [Fact]
    public void What_was_said_long_ago_is_not_what_ended_it()
    {
        var lines = Enumerable.Repeat("(APIServer pid=1) INFO:     127.0.0.1:4 - \"POST /v1/completions HTTP/1.1\" 200 OK", 5000);
        Assert.Equal("oom_torch", Judge(["OSError: [Errno 28] No space left on device", .. lines, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB."])!.Rule);
    }

    [Theory]
    [InlineData("Capturing CUDA graphs (decode, FULL):  40%|####\rCapturing CUDA graphs (decode, FULL):  41%|####\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 784.00 MiB.", "oom_graph")]
    [InlineData("Capturing CUDA graphs: 100%|####\nGraph capturing finished in 9 secs, took 0.55 GiB\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 784.00 MiB.", "oom_torch")]
    public void The_phase_tells_one_shortage_from_another(string log, string rule) => Assert.Equal(rule, Judge(log)!.Rule);

    [Theory]
    [InlineData("ValueError: bad\nRuntimeError: Engine core initialization failed. See root cause above.", "ValueError: bad")]
    [InlineData("(EngineCore pid=1) ValueError: first\n(Worker_TP0 pid=2) FooError: deep\n(APIServer pid=3) KeyError: 'x'", "FooError: deep")]
    [InlineData("(APIServer pid=1) pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n  Value error, too long", "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig Value error, too long")]
    [InlineData("usage: vllm serve\nvllm serve: error: unrecognized arguments: --no-such", "vllm serve: error: unrecognized arguments: --no-such")]
    [InlineData("one\ntwo\n\n", "two")]
    [InlineData("", null)]
    public void Without_a_rule_the_innermost_first_exception_is_told(string log, string? cause)
    {
        var diagnosis = Judge(log);
        Assert.Equal(cause, diagnosis?.Cause);
        Assert.Null(diagnosis?.Rule);
    }

    [Fact]
    public void However_a_log_is_cut_the_verdict_is_the_same()
    {
        var seed = new Random(11);
        var log = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 900).Select(i => $"(Worker_TP{i % 2} pid=7) INFO 08-17 12:00:00 [a.py:{i}] größer als 漢字 {new string('x', seed.Next(400))}\n")) + TooLong + "\n" + new string('y', 300_000) + "\n");
        for (var round = 0; round < 20; round++)
        {
            var search = new FailureSearch();
            for (var at = 0; at < log.Length;)
            {
                var length = Math.Min(log.Length - at, 1 + seed.Next(round % 2 == 0 ? 100_000 : 300));
                search.Add(log.AsSpan(at, length));
                at += length;
            }

            var diagnosis = search.Conclude(ended: true)!;
            Assert.Equal(("kv_maxlen", 901L), (diagnosis.Rule, diagnosis.LineNumber));
        }
    }

    [Fact]
    public void Spoilt_logs_are_read_without_harm()
    {
        var seed = new Random(13);
        string[] parts = [.. DiagnosisRules.Default.Rules.SelectMany(rule => rule.Literals.Append(rule.Sample)), "\r", "\n", "\n", "\0", "\u001b[36m", "(Worker_TP0 pid=1) ", "INFO 08-17 12:00:00 [a.py:1] ", "ERROR ", "999999999999999999999", "(", ")", "é漢"];
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, seed.Next(12)).Select(_ => parts[seed.Next(parts.Length)])));
            for (var i = 0; i < bytes.Length; i++) if (seed.Next(40) == 0) bytes[i] = (byte)seed.Next(256);
            var search = new FailureSearch();
            var cut = seed.Next(bytes.Length + 1);
            search.Add(bytes.AsSpan(0, cut));
            search.Add(bytes.AsSpan(cut));
            var diagnosis = search.Conclude(ended: true);
            Assert.True(diagnosis is null || diagnosis.Cause.Length > 0);
        }
    }

    private static LlmDiagnosis? Judge(params string[] lines)
    {
        var search = new FailureSearch();
        foreach (var line in lines) search.AddLine(line);
        return search.Conclude(ended: lines.Length == 1);
    }
}
