using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmOps.Simulator.Hub;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>A model's files where vLLM finds them: a folder, the Hugging Face cache, or, still to be fetched, the hub.</summary>
internal sealed record ModelFiles
{
    public required ModelConfig Config { get; init; }

    /// <summary>The bytes of the real model's weights.</summary>
    public required long WeightBytes { get; init; }

    public required int Shards { get; init; }

    /// <summary>False if vLLM downloads it first.</summary>
    public required bool IsHere { get; init; }

    /// <exception cref="VllmFailure">There is no such model.</exception>
    public static ModelFiles Find(string model, ServeArguments arguments, SimulatedMachine machine)
    {
        if (Directory.Exists(model)) return Read(model, model);
        if (model.StartsWith('/') || model.StartsWith('.') || model.Split('/').Length > 2)
            throw new VllmFailure($"ValueError: Invalid repository ID or local directory specified: '{model}'.\nPlease verify the following requirements:\n1. Provide a valid Hugging Face repository ID.\n2. Specify a local directory that contains a recognized configuration file.", FailurePlace.ApiServer);
        if (Cached(model, arguments) is { } snapshot) return Read(model, snapshot);
        if (Environment.GetEnvironmentVariable("HF_HUB_OFFLINE") is "1" or "true")
            throw new VllmFailure($"OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.\nCheck your internet connection or see how to run the library in offline mode at 'https://huggingface.co/docs/transformers/installation#offline-mode'.", FailurePlace.ApiServer);
        if (HubCatalog.Find(model) is not { } listed)
            throw new VllmFailure($"huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. Repository Not Found for url: https://huggingface.co/{model}/resolve/main/config.json.\nPlease make sure you specified the correct `repo_id` and `repo_type`.", FailurePlace.ApiServer);
        if ((listed.Gated || machine.HasFault("Gated")) && (arguments["--hf-token"] ?? Environment.GetEnvironmentVariable("HF_TOKEN")) is not { Length: > 0 })
            throw new VllmFailure($"OSError: You are trying to access a gated repo.\nMake sure to have access to it at https://huggingface.co/{model}.\n401 Client Error. Cannot access gated repo for url https://huggingface.co/{model}/resolve/main/config.json.\nAccess to model {model} is restricted. You must have access to it and be authenticated to access it. Please log in.", FailurePlace.ApiServer);
        return new ModelFiles { Config = ModelConfig.Read(listed.ConfigObject), WeightBytes = listed.TotalSize, Shards = listed.Shards, IsHere = false };
    }

    private static string? Cached(string model, ServeArguments arguments)
    {
        var cache = arguments["--download-dir"] ?? Environment.GetEnvironmentVariable("HF_HUB_CACHE")
            ?? Path.Join(Environment.GetEnvironmentVariable("HF_HOME") ?? Path.Join(Environment.GetEnvironmentVariable("HOME"), ".cache/huggingface"), "hub");
        var repository = Path.Join(cache, $"models--{model.Replace("/", "--", StringComparison.Ordinal)}");
        var revision = arguments["--revision"] ?? "main";
        var reference = Path.Join(repository, "refs", revision);
        var snapshot = Path.Join(repository, "snapshots", File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision);
        return File.Exists(Path.Join(snapshot, "config.json")) ? snapshot : null;
    }

    private static ModelFiles Read(string model, string folder)
    {
        var configPath = Path.Join(folder, "config.json");
        if (!File.Exists(configPath))
            throw new VllmFailure($"ValueError: Invalid repository ID or local directory specified: '{model}'.\nPlease verify the following requirements:\n1. Provide a valid Hugging Face repository ID.\n2. Specify a local directory that contains a recognized configuration file.", FailurePlace.ApiServer);
        try
        {
            var config = ModelConfig.Read(JsonNode.Parse(File.ReadAllText(configPath))!.AsObject());
            var shards = Directory.GetFiles(folder, "*.safetensors");
            return new ModelFiles { Config = config, WeightBytes = shards.Length == 0 ? 0 : RealSize(folder, shards), Shards = shards.Length, IsHere = true };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException or LlmOpsException)
        {
            throw new VllmFailure($"OSError: It looks like the config file at '{configPath}' is not a valid JSON file.", FailurePlace.ApiServer);
        }
    }

    private static long RealSize(string folder, string[] shards)
    {
        var index = Path.Join(folder, "model.safetensors.index.json");
        if (File.Exists(index) && JsonNode.Parse(File.ReadAllText(index))?["metadata"]?["total_size"] is { } total) return (long)total.GetValue<double>();
        return shards.Sum(shard => Header(shard)?["__metadata__"]?[ShardContent.RealSizeKey] is { } real
            ? long.Parse((string)real!, CultureInfo.InvariantCulture) / shards.Length
            : new FileInfo(shard).Length);
    }

    private static JsonNode? Header(string shard)
    {
        using var file = File.OpenRead(shard);
        var length = new byte[8];
        if (file.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8 || BinaryPrimitives.ReadInt64LittleEndian(length) is var size && (size is <= 0 or > 1 << 24)) return null;
        var header = new byte[size];
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length ? null : JsonNode.Parse(header);
    }
}
