using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>Shadeform's API v1.</summary>
internal sealed class FakeShadeform(TimeProvider? time = null) : FakeCloud(time)
{
    public override string Provider => "Shadeform";

    /// <summary>The types: cloud, type, GPU, GB each, how many, cents an hour, places.</summary>
    public List<(string Cloud, string Type, string Gpu, int Memory, int Count, int Cents, string[] Places)> Catalog { get; } =
    [
        ("massedcompute", "A6000x2", "A6000", 48, 2, 114, ["kansascity-usa-1"]),
        ("hyperstack", "A100_80G", "A100_80G", 80, 1, 135, ["canada-1", "norway-1"]),
        ("crusoe", "L40S", "L40S", 48, 1, 145, []),
    ];

    protected override string BasePath => "/v1/";

    protected override CloudAnswer Unauthorized => Error(401, "UNAUTHORIZED", "Invalid API key");

    protected override CloudAnswer Forbidden => Error(403, "FORBIDDEN", "This key may only read");

    protected override string? KeyOf(CloudRequest request) => request.Header("X-API-KEY");

    protected override CloudAnswer Handle(CloudRequest request, string[] path) => (request.Method, path) switch
    {
        ("GET", ["instances", "types"]) => Types(request),
        ("GET", ["instances"]) => CloudAnswer.Json(new JsonObject { ["instances"] = new JsonArray([.. Account.List().Select(machine => Instance(machine, whole: false))]) }),
        ("POST", ["instances", "create"]) => Create(request),
        ("GET", ["instances", var id, "info"]) => Account.Look(id) is { } found ? CloudAnswer.Json(Instance(found, whole: true)) : Error(404, "NOT_FOUND", "Instance not found"),
        ("POST", ["instances", var id, "delete"]) => Delete(id),
        ("POST", ["instances", var id, "update"]) => Update(request, id),
        ("GET", ["sshkeys"]) => CloudAnswer.Json(new JsonObject { ["ssh_keys"] = new JsonArray([.. Account.Keys.Select(key => new JsonObject { ["id"] = key.Id, ["name"] = key.Name, ["public_key"] = key.PublicKey, ["is_default"] = false })]) }),
        ("POST", ["sshkeys", "add"]) => AddKey(request),
        ("POST", ["sshkeys", var id, "delete"]) => Account.Keys.RemoveAll(key => key.Id == id) > 0 ? CloudAnswer.Empty(200) : Error(404, "NOT_FOUND", "Key not found"),
        ("GET", ["volumes"]) => CloudAnswer.Json(new JsonObject { ["volumes"] = new JsonArray([.. Account.Volumes.Select(volume => new JsonObject { ["id"] = volume.Id, ["name"] = volume.Name, ["region"] = volume.Region, ["cloud"] = volume.Cloud, ["size_in_gb"] = volume.Size })]) }),
        ("POST", ["volumes", "create"]) => AddVolume(request),
        ("POST", ["volumes", var id, "delete"]) => Account.Volumes.RemoveAll(volume => volume.Id == id) > 0 ? CloudAnswer.Empty(200) : Error(404, "NOT_FOUND", "Volume not found"),
        _ => Error(404, "NOT_FOUND", "No such route"),
    };

    private CloudAnswer Create(CloudRequest request)
    {
        var body = request.Json;
        var wrong = Check(body,
            ["cloud", "region", "shade_instance_type", "shade_cloud", "name", "os", "template_id", "launch_configuration", "volume_mount", "ssh_key_id", "volume_ids", "auto_delete", "alert", "tags", "envs"],
            ["cloud", "region", "shade_instance_type", "shade_cloud", "name"]);
        if (body["auto_delete"] is JsonObject end) wrong.AddRange(Check(end, ["date_threshold", "spend_threshold"], []));
        if (wrong.Count > 0) return Error(400, "INVALID_REQUEST", string.Join("; ", wrong));
        if (Account.PaymentDue) return Error(402, "INSUFFICIENT_FUNDS", "Add credit first");
        if (Account.QuotaReached) return Error(403, "QUOTA", "Instance quota reached");
        var type = Catalog.FirstOrDefault(known => known.Cloud == (string?)body["cloud"] && known.Type == (string?)body["shade_instance_type"]);
        if (type.Type is null || !type.Places.Contains((string?)body["region"])) return Error(400, "INVALID_REQUEST", "Unknown type or region");
        if (Account.SoldOut.Contains($"{type.Cloud}/{type.Type}")) return Error(409, "OUT_OF_STOCK", "The type is out of stock");
        var key = (string?)body["ssh_key_id"];
        if (key is not null && Account.Keys.All(known => known.Id != key)) return Error(400, "INVALID_REQUEST", "Unknown ssh key");
        var machine = Account.Add(new CloudMachine
        {
            Id = Account.NextId(),
            Name = (string)body["name"]!,
            Product = type.Type,
            Gpus = type.Count,
            Region = (string)body["region"]!,
            PricePerHour = type.Cents / 100m,
            CreatedAt = Time.GetUtcNow(),
            PublicKey = key is null ? null : Account.Keys.First(known => known.Id == key).PublicKey,
            Tags = [.. (body["tags"] as JsonArray ?? []).Select(tag => (string)tag!)],
            Volumes = [.. (body["volume_ids"] as JsonArray ?? []).Select(id => (string)id!)],
            ExpiresAt = (string?)body["auto_delete"]?["date_threshold"],
            MaxSpend = (string?)body["auto_delete"]?["spend_threshold"],
            StartupScript = (string?)body["launch_configuration"]?["script_configuration"]?["base64_script"] is { } script ? Encoding.UTF8.GetString(Convert.FromBase64String(script)) : null,
        });
        return CloudAnswer.Json(new JsonObject { ["id"] = machine.Id });
    }

    private CloudAnswer Delete(string id)
    {
        if (Account.EndRefusals > 0 && Account.Machines.Any(machine => machine.Id == id))
        {
            Account.EndRefusals--;
            return Error(409, "NOT_READY", "The instance can't be deleted yet");
        }

        return Account.End(id, Time.GetUtcNow()) ? CloudAnswer.Empty(200) : Error(404, "NOT_FOUND", "Instance not found");
    }

    private CloudAnswer Update(CloudRequest request, string id)
    {
        if (Check(request.Json, ["name", "auto_delete", "alert", "tags"], []) is { Count: > 0 } wrong) return Error(400, "INVALID_REQUEST", string.Join("; ", wrong));
        if (Account.Machines.FirstOrDefault(machine => machine.Id == id) is not { IsGone: false } found) return Error(404, "NOT_FOUND", "Instance not found");
        if (request.Json["auto_delete"] is { } end) (found.ExpiresAt, found.MaxSpend) = ((string?)end["date_threshold"], (string?)end["spend_threshold"]);
        return CloudAnswer.Empty(200);
    }

    private CloudAnswer AddKey(CloudRequest request)
    {
        var name = (string?)request.Json["name"];
        if (Check(request.Json, ["name", "public_key"], ["name", "public_key"]).Count > 0) return Error(400, "INVALID_REQUEST", "name and public_key");
        if (Account.Keys.Any(key => key.Name == name)) return Error(400, "INVALID_REQUEST", "name must be unique");
        var key = (Account.NextId(), name!, (string)request.Json["public_key"]!);
        Account.Keys.Add(key);
        return CloudAnswer.Json(new JsonObject { ["id"] = key.Item1 });
    }

    private CloudAnswer AddVolume(CloudRequest request)
    {
        var body = request.Json;
        if (Check(body, ["cloud", "region", "size_in_gb", "name"], ["cloud", "region", "size_in_gb", "name"]) is { Count: > 0 } wrong) return Error(400, "INVALID_REQUEST", string.Join("; ", wrong));
        var volume = (Account.NextId(), (string)body["name"]!, (string)body["region"]!, (string)body["cloud"]!, (int)body["size_in_gb"]!);
        Account.Volumes.Add(volume);
        return CloudAnswer.Json(new JsonObject { ["id"] = volume.Item1 });
    }

    private CloudAnswer Types(CloudRequest request) => CloudAnswer.Json(new JsonObject
    {
        ["instance_types"] = new JsonArray([.. Catalog.Where(type => !request.Query.TryGetValue("num_gpus", out var count) || count == type.Count.ToString(CultureInfo.InvariantCulture))
            .Where(type => !request.Query.ContainsKey("available") || type.Places.Length > 0)
            .Select(type => new JsonObject
            {
                ["cloud"] = type.Cloud, ["shade_instance_type"] = type.Type, ["cloud_instance_type"] = type.Type, ["hourly_price"] = type.Cents, ["deployment_type"] = "vm",
                ["boot_time"] = new JsonObject { ["min_boot_in_sec"] = 180, ["max_boot_in_sec"] = 300 },
                ["configuration"] = new JsonObject
                {
                    ["num_gpus"] = type.Count, ["gpu_type"] = type.Gpu, ["vram_per_gpu_in_gb"] = type.Memory, ["vcpus"] = 6, ["memory_in_gb"] = 48, ["storage_in_gb"] = 256,
                    ["interconnect"] = "pcie", ["nvlink"] = false, ["os_options"] = new JsonArray("ubuntu22.04_cuda12.2_shade_os"),
                },
                ["availability"] = new JsonArray([.. type.Places.Select(place => new JsonObject { ["region"] = place, ["available"] = !Account.SoldOut.Contains($"{type.Cloud}/{type.Type}"), ["display_name"] = place })]),
            })]),
    });

    private JsonObject Instance(CloudMachine machine, bool whole)
    {
        var instance = new JsonObject
        {
            ["id"] = machine.Id,
            ["name"] = machine.Name,
            ["cloud"] = Catalog.First(type => type.Type == machine.Product).Cloud,
            ["region"] = machine.Region,
            ["shade_instance_type"] = machine.Product,
            ["status"] = machine.Word ?? (machine.IsEnding ? "deleting" : machine.IsDead ? "error" : machine.IsUp ? "active" : "pending_provider"),
            ["status_details"] = machine.IsUp ? "active" : "downloading",
            ["ip"] = machine.IsUp ? machine.Ssh.Host : "",
            ["ssh_user"] = "shadeform",
            ["ssh_port"] = machine.Ssh.Port,
            ["hourly_price"] = (int)(machine.PricePerHour * 100),
            ["cost_estimate"] = "0.4",
            ["tags"] = new JsonArray([.. machine.Tags.Select(tag => (JsonNode)tag)]),
            ["created_at"] = machine.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00:00",
            ["configuration"] = new JsonObject { ["num_gpus"] = machine.Gpus },
        };
        if (whole) instance["volume_ids"] = new JsonArray([.. machine.Volumes.Select(id => (JsonNode)id)]);
        if (whole && (machine.ExpiresAt ?? machine.MaxSpend) is not null) instance["auto_delete"] = new JsonObject { ["date_threshold"] = machine.ExpiresAt, ["spend_threshold"] = machine.MaxSpend };
        return instance;
    }

    private static CloudAnswer Error(int status, string code, string text) => CloudAnswer.Json(new JsonObject { ["error_code"] = code, ["error"] = text }, status);
}
