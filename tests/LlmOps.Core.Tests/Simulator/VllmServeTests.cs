using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Simulator;

public sealed class VllmServeTests
{
    private const string Model = "Qwen/Qwen2.5-72B-Instruct-AWQ";

    [Fact]
    public async Task It_goes_through_the_phases_answers_and_lets_go_of_the_memory()
    {
        await using var rig = await RehearsalRig.CreateAsync();
        await rig.InstallVllmAsync();
        var port = await StartAsync(rig, $"{Model} -tp 2 --max-model-len 32k", key: "secret");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(rig, client);

        var log = await File.ReadAllTextAsync(LogOf(rig));
        string[] phases =
        [
            "Resolved architecture: Qwen2ForCausalLM", "Using max model len 32000", "Initializing a V1 LLM engine (v0.29.0)", "vLLM is using nccl==", "Starting to load model",
            "100% Completed | 11/11", "Model loading took 19.40 GiB memory", "torch.compile took", "Available KV cache memory: 19.4", "GPU KV cache size: 127,520 tokens", "100%|██████████| 35/35", "init engine", "Application startup complete.",
        ];
        Assert.Equal(phases, phases.Where(phase => log.Contains(phase, StringComparison.Ordinal)));
        Assert.True(phases.Zip(phases.Skip(1)).All(pair => log.IndexOf(pair.First, StringComparison.Ordinal) < log.IndexOf(pair.Second, StringComparison.Ordinal)));
        Assert.All(await UsedAsync(rig), used => Assert.InRange(used, 40_000, 42_500));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/models")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Equal(32000, (int)(await client.GetFromJsonAsync<JsonNode>("/v1/models"))!["data"]![0]!["max_model_len"]!);
        var events = await StreamAsync(client, "How many r's are in strawberry?");
        Assert.Contains("three (3)", string.Concat(events.Select(chunk => (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"])), StringComparison.Ordinal);
        Assert.Equal("stop", (string?)events[^2]["choices"]![0]!["finish_reason"]);
        Assert.True((int)events[^1]["usage"]!["completion_tokens"]! > 10);
        var metrics = await client.GetStringAsync("/metrics");
        Assert.Contains("vllm:request_success_total{engine=\"0\",model_name=\"Qwen/Qwen2.5-72B-Instruct-AWQ\",finished_reason=\"stop\"} 1.0", metrics, StringComparison.Ordinal);
        Assert.Contains("kv_cache_size_tokens=\"127520\"", metrics, StringComparison.Ordinal);

        Assert.Equal(0, (await rig.RunAsync("kill -TERM $(cat ~/pid)")).Code);
        await RehearsalRig.UntilAsync(async () => (await UsedAsync(rig)).All(used => used == 0));
        await RehearsalRig.UntilAsync(async () => (await File.ReadAllTextAsync(LogOf(rig))).Contains("Finished server process", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", await File.ReadAllTextAsync(LogOf(rig)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_are_limited_and_refused_in_vllms_words()
    {
        await using var rig = await RehearsalRig.CreateAsync("L4", 1);
        await rig.InstallVllmAsync();
        var port = await StartAsync(rig, "Qwen/Qwen2.5-0.5B-Instruct --max-model-len 1024 --served-model-name small");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(rig, client);

        var cut = await ChatAsync(client, """{"model":"small","max_tokens":3,"messages":[{"role":"user","content":"Tell me something."}]}""");
        var stopped = await ChatAsync(client, """{"model":"small","stop":[" is"],"messages":[{"role":"user","content":"What is the capital of France?"}]}""");
        var shaped = await ChatAsync(client, """{"model":"small","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"count":{"type":"integer"},"kind":{"enum":["a","b"]}}}}}}""");
        var unknown = await ChatAsync(client, """{"model":"other","messages":[]}""");
        var tooLong = await ChatAsync(client, """{"model":"small","max_tokens":5000,"messages":[{"role":"user","content":"x"}]}""");
        var broken = await ChatAsync(client, "{");

        Assert.Equal(("length", 3), ((string?)cut["choices"]![0]!["finish_reason"], (int)cut["usage"]!["completion_tokens"]!));
        Assert.Equal("The capital of France", (string?)stopped["choices"]![0]!["message"]!["content"]);
        Assert.Equal("""{"count":3,"kind":"a"}""", (string?)shaped["choices"]![0]!["message"]!["content"]);
        Assert.Equal("The model `other` does not exist.", (string?)unknown["error"]!["message"]);
        Assert.StartsWith("This model's maximum context length is 1024 tokens. However, you requested 5000 output tokens", (string?)tooLong["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(400, (int)broken["error"]!["code"]!);
    }

    [Theory]
    [InlineData("V100", 1, "Qwen/Qwen2.5-0.5B-Instruct", "", "no kernel image is available for execution on the device")]
    [InlineData("T4", 1, "Qwen/Qwen2.5-0.5B-Instruct --dtype bfloat16", "", "Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute capability 7.5.")]
    [InlineData("T4", 1, "openai/gpt-oss-20b", "", "The quantization method mxfp4 is not supported for the current GPU. Minimum capability: 80. Current capability: 75.")]
    [InlineData("L4", 1, "Qwen/Qwen2.5-72B-Instruct-AWQ", "", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-72B-Instruct-AWQ", "", "Based on the available memory, the estimated maximum model length is")]
    [InlineData("A40", 2, "Qwen/Qwen2.5-7B-Instruct -tp 4", "", "World size (4) is larger than the number of available GPUs (2) in this node.")]
    [InlineData("A40", 8, "Qwen/Qwen2.5-7B-Instruct -tp 8", "", "Total number of attention heads (28) must be divisible by tensor parallel size (8).")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-7B-Instruct --max-model-len 65536", "", "User-specified max_model_len (65536) is greater than the derived max_model_len (max_position_embeddings=32768")]
    [InlineData("A40", 1, "meta-llama/Llama-3.1-8B-Instruct", "", "You are trying to access a gated repo.")]
    [InlineData("A40", 1, "nobody/nothing", "", "RepositoryNotFoundError: 401 Client Error.")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-0.5B-Instruct", "OutOfMemory", "torch.OutOfMemoryError: CUDA out of memory.")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-0.5B-Instruct", "DiskFull", "OSError: [Errno 28] No space left on device")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-0.5B-Instruct", "CrashAfter:0", "an illegal memory access was encountered")]
    [InlineData("A40", 1, "Qwen/Qwen2.5-0.5B-Instruct", "DriverNotLoaded", "Failed to infer device type")]
    public async Task What_the_real_hardware_refuses_is_refused(string gpu, int count, string command, string fault, string message)
    {
        string[] faults = fault.Length == 0 ? [] : [fault];
        await using var rig = await RehearsalRig.CreateAsync(gpu, count, 2000, faults);
        Assert.Equal(0, (await rig.RunAsync("uv venv ~/v && ln -s ~/v/bin/python ~/v/bin/vllm")).Code);

        var run = await rig.RunAsync($"~/v/bin/vllm serve {command} --host 127.0.0.1 --port {FreePort()} 2>&1");

        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(rig.Folder.GpuMemory));
    }

    [Fact]
    public async Task A_killed_server_leaves_workers_that_hold_memory_and_the_port_is_refused_while_taken()
    {
        await using var rig = await RehearsalRig.CreateAsync();
        await rig.InstallVllmAsync();
        var port = await StartAsync(rig, "Qwen/Qwen2.5-7B-Instruct -tp 2");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(rig, client);

        var second = await rig.RunAsync($"~/v/bin/vllm serve Qwen/Qwen2.5-0.5B-Instruct --host 127.0.0.1 --port {port} 2>&1");
        await rig.RunAsync("kill -KILL $(cat ~/pid)");
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Join(rig.Folder.Home, "pid")), CultureInfo.InvariantCulture);
        await RehearsalRig.UntilAsync(() => ProcessIdentity.Of(pid) is null);

        Assert.Contains("OSError: [Errno 98] Address already in use", second.Output, StringComparison.Ordinal);
        Assert.All(await UsedAsync(rig), used => Assert.True(used > 30_000));
        await rig.RunAsync("kill -KILL -$(cat ~/pid)");
        await RehearsalRig.UntilAsync(async () => (await UsedAsync(rig)).All(used => used == 0));
    }

    [Theory]
    [InlineData("x --tensor-paralel-size 2", "vllm: error: unrecognized arguments: --tensor-paralel-size 2")]
    [InlineData("x --port many", "vllm serve: error: argument --port: invalid int value: 'many'")]
    [InlineData("x --max-model-len", "vllm serve: error: argument --max-model-len: expected one argument")]
    public async Task A_wrong_flag_is_refused_as_argparse_does(string command, string message)
    {
        await using var rig = await RehearsalRig.CreateAsync("A40", 1);
        Assert.Equal(0, (await rig.RunAsync("uv venv ~/v && ln -s ~/v/bin/python ~/v/bin/vllm")).Code);

        var run = await rig.RunAsync($"~/v/bin/vllm serve {command}");

        Assert.Equal(2, run.Code);
        Assert.EndsWith(message + "\n", run.Error, StringComparison.Ordinal);
    }

    private static string LogOf(RehearsalRig rig) => Path.Join(rig.Folder.Home, "log");

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task<int> StartAsync(RehearsalRig rig, string command, string key = "")
    {
        var port = FreePort();
        await rig.RunAsync($"cd; VLLM_API_KEY={key} setsid v/bin/vllm serve {command} --host 127.0.0.1 --port {port} > log 2>&1 < /dev/null & echo $! > ~/pid");
        return port;
    }

    private static Task ReadyAsync(RehearsalRig rig, HttpClient client) => RehearsalRig.UntilAsync(async () =>
    {
        try
        {
            return (await client.GetAsync("/health")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return File.Exists(LogOf(rig)) && (await File.ReadAllTextAsync(LogOf(rig))).Contains("Traceback", StringComparison.Ordinal) ? throw new InvalidOperationException(await File.ReadAllTextAsync(LogOf(rig))) : false;
        }
    });

    private static async Task<IReadOnlyList<int>> UsedAsync(RehearsalRig rig) =>
        [.. Regex.Matches((await rig.RunAsync("nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits")).Output, @"\d+").Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];

    private static async Task<JsonNode> ChatAsync(HttpClient client, string body)
    {
        using var response = await client.PostAsync("/v1/chat/completions", new StringContent(body));
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task<IReadOnlyList<JsonNode>> StreamAsync(HttpClient client, string prompt)
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
        };
        using var response = await client.PostAsync("/v1/chat/completions", JsonContent.Create(body)); // chunked, as HttpClient sends it
        var lines = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", lines[^1]);
        return [.. lines[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!)];
    }
}
