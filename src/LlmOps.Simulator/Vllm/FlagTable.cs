namespace LlmOps.Simulator.Vllm;

/// <summary>The flags of <c>vllm serve</c> (vllm/engine/arg_utils.py, vllm/entrypoints/openai/cli_args.py).</summary>
internal static class FlagTable
{
    private const string Switches =
        "trust-remote-code enforce-eager enable-expert-parallel disable-custom-all-reduce headless enable-auto-tool-choice disable-log-stats enable-log-requests enable-log-outputs "
        + "enable-server-load-tracking enable-mfu-metrics language-model-only enable-prefix-caching enable-chunked-prefill enable-lora enable-sleep-mode enable-prompt-embeds async-scheduling "
        + "skip-tokenizer-init disable-sliding-window enable-dbo enable-eplb data-parallel-hybrid-lb data-parallel-external-lb data-parallel-multi-port-external-lb grpc "
        + "enable-ssl-refresh disable-uvicorn-access-log disable-fastapi-docs allow-credentials return-tokens-as-token-ids enable-request-id-headers enable-force-include-usage "
        + "enable-tokenizer-info-endpoint enable-prompt-tokens-details allow-deprecated-quantization disable-cascade-attn calculate-kv-scales use-tqdm-on-load disable-log-requests "
        + "disable-hybrid-kv-cache-manager disable-nccl-for-dp-synchronization fail-on-environ-validation enable-return-routed-experts";

    private const string Texts =
        "model host uds allowed-origins ssl-keyfile ssl-certfile ssl-ca-certs root-path chat-template chat-template-content-format response-role uvicorn-log-level log-config-file "
        + "quantization dtype load-format revision code-revision tokenizer tokenizer-mode tokenizer-revision download-dir hf-token hf-overrides hf-config-path generation-config override-generation-config "
        + "config-format runner convert task tool-call-parser tool-parser-plugin reasoning-parser reasoning-parser-plugin speculative-config kv-cache-dtype kv-transfer-config kv-events-config "
        + "distributed-executor-backend data-parallel-address data-parallel-backend master-addr otlp-traces-endpoint collect-detailed-traces show-hidden-metrics-for-version "
        + "limit-mm-per-prompt mm-processor-kwargs media-io-kwargs mm-encoder-tp-mode mm-processor-cache-type attention-backend structured-outputs-config compilation-config additional-config "
        + "model-loader-extra-config ignore-patterns worker-cls worker-extension-cls scheduling-policy scheduler-cls prefix-caching-hash-algo eplb-config pooler-config lora-dtype "
        + "allowed-local-media-path logits-processors logits-processor-pattern model-impl config default-chat-template-kwargs device-ids kv-offloading-backend mamba-cache-dtype mamba-ssm-cache-dtype "
        + "attention-config profiler-config safetensors-load-strategy moe-backend optimization-level performance-mode";

    private const string Integers =
        "port tensor-parallel-size pipeline-parallel-size data-parallel-size data-parallel-size-local data-parallel-start-rank data-parallel-rank data-parallel-rpc-port decode-context-parallel-size "
        + "prefill-context-parallel-size nnodes node-rank master-port max-num-seqs block-size seed max-logprobs max-parallel-loading-workers ssl-cert-reqs api-server-count max-loras max-lora-rank "
        + "max-cpu-loras max-log-len shutdown-timeout num-gpu-blocks-override offload-group-size offload-num-in-group offload-prefetch-step stream-interval max-num-partial-prefills max-long-partial-prefills "
        + "long-prefill-token-threshold h11-max-incomplete-event-size h11-max-header-count max-seq-len-to-capture cuda-graph-sizes";

    private const string Floats = "gpu-memory-utilization cpu-offload-gb kv-offloading-size mm-processor-cache-gb";

    private const string Lengths = "max-model-len max-num-batched-tokens kv-cache-memory-bytes";

    private const string Lists = "served-model-name api-key lora-modules middleware allowed-methods allowed-headers cudagraph-capture-sizes";

    private static readonly Dictionary<string, string> Shorts = new()
    {
        ["-tp"] = "--tensor-parallel-size",
        ["-pp"] = "--pipeline-parallel-size",
        ["-dp"] = "--data-parallel-size",
        ["-dpl"] = "--data-parallel-size-local",
        ["-dpr"] = "--data-parallel-start-rank",
        ["-dpn"] = "--data-parallel-rank",
        ["-dpa"] = "--data-parallel-address",
        ["-dpp"] = "--data-parallel-rpc-port",
        ["-dpb"] = "--data-parallel-backend",
        ["-dcp"] = "--decode-context-parallel-size",
        ["-pcp"] = "--prefill-context-parallel-size",
        ["-n"] = "--nnodes",
        ["-r"] = "--node-rank",
        ["-q"] = "--quantization",
        ["-asc"] = "--api-server-count",
        ["-O"] = "--optimization-level",
        ["-cc"] = "--compilation-config",
        ["-sc"] = "--speculative-config",
    };

    private static readonly Dictionary<string, FlagKind> Kinds = Make();

    /// <summary>The long name and the kind of a flag as typed, or null for one that vLLM does not know.</summary>
    public static (string Name, FlagKind Kind)? Find(string typed)
    {
        var name = Shorts.GetValueOrDefault(typed, typed).Replace('_', '-');
        if (!name.StartsWith("--", StringComparison.Ordinal)) return null;
        if (Kinds.TryGetValue(name, out var kind)) return (name, kind);
        return name.StartsWith("--no-", StringComparison.Ordinal) && Kinds.TryGetValue("--" + name["--no-".Length..], out kind) && kind == FlagKind.Switch ? (name, FlagKind.Switch) : null;
    }

    private static Dictionary<string, FlagKind> Make()
    {
        var kinds = new Dictionary<string, FlagKind>();
        foreach (var (names, kind) in new[] { (Switches, FlagKind.Switch), (Texts, FlagKind.Text), (Integers, FlagKind.Integer), (Floats, FlagKind.Float), (Lengths, FlagKind.Length), (Lists, FlagKind.List) })
            foreach (var name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries)) kinds["--" + name] = kind;
        return kinds;
    }
}
