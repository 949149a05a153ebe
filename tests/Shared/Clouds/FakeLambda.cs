using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LlmOps.Testing.Clouds;

/// <summary>Lambda's cloud API v1.</summary>
internal sealed partial class FakeLambda(TimeProvider? time = null) : FakeCloud(time)
{
    private DateTimeOffset _lastLaunch = DateTimeOffset.MinValue;

    public override string Provider => "Lambda";

    /// <summary>The types: name, description of the GPU, how many, cents an hour, places with free ones.</summary>
    public List<(string Type, string Gpu, int Count, int Cents, string[] Places)> Catalog { get; } =
    [
        ("gpu_1x_a10", "A10 (24 GB PCIe)", 1, 75, ["us-west-1", "us-east-1"]),
        ("gpu_2x_h100_sxm5", "H100 (80 GB SXM5)", 2, 638, ["us-south-2"]),
        ("gpu_1x_gh200", "GH200 (96 GB)", 1, 149, []),
    ];

    /// <summary>True refuses a launch that comes within twelve seconds of the last.</summary>
    public bool PacesLaunches { get; set; }

    protected override string BasePath => "/api/v1/";

    protected override CloudAnswer Unauthorized => Error(401, "global/invalid-api-key", "API key was invalid, expired, or deleted.");

    protected override CloudAnswer Forbidden => Error(403, "global/forbidden", "This key may only read");

    protected override CloudAnswer Handle(CloudRequest request, string[] path) => (request.Method, path) switch
    {
        ("GET", ["instance-types"]) => Types(),
        ("GET", ["instances"]) => Data(new JsonArray([.. Account.List().Select(Instance)])),
        ("GET", ["instances", var id]) => Account.Look(id) is { } found ? Data(Instance(found)) : Missing(),
        ("POST", ["instance-operations", "launch"]) => Launch(request),
        ("POST", ["instance-operations", "terminate"]) => Terminate(request),
        ("GET", ["ssh-keys"]) => Data(new JsonArray([.. Account.Keys.Select(KeyObject)])),
        ("POST", ["ssh-keys"]) => AddKey(request),
        ("DELETE", ["ssh-keys", var id]) => Account.Keys.RemoveAll(key => key.Id == id) > 0 ? Data(new JsonObject()) : Missing(),
        ("GET", ["file-systems"]) => Data(new JsonArray([.. Account.Volumes.Select(FileSystem)])),
        ("POST", ["filesystems"]) => AddFileSystem(request),
        ("DELETE", ["filesystems", var id]) => Account.Volumes.RemoveAll(volume => volume.Id == id) > 0 ? Data(new JsonObject()) : Missing(),
        _ => Error(404, "global/not-found", "No such route"),
    };

    private CloudAnswer Launch(CloudRequest request)
    {
        var body = request.Json;
        if (PacesLaunches && Time.GetUtcNow() - _lastLaunch < TimeSpan.FromSeconds(12)) return new CloudAnswer(429, "slow down", "text/plain");
        var wrong = Check(body,
            ["region_name", "instance_type_name", "ssh_key_names", "name", "hostname", "file_system_names", "file_system_mounts", "image", "user_data", "tags", "firewall_rulesets"],
            ["region_name", "instance_type_name", "ssh_key_names"]);
        var keys = body["ssh_key_names"] as JsonArray ?? [];
        if (keys.Count != 1 || Account.Keys.All(key => key.Name != (string?)keys[0])) wrong.Add("exactly one SSH key must be specified");
        foreach (var tag in body["tags"] as JsonArray ?? []) if (!TagKey().IsMatch((string)tag!["key"]!)) wrong.Add("tag key");
        if (wrong.Count > 0) return Error(400, "global/invalid-parameters", string.Join("; ", wrong));
        if (Account.PaymentDue) return Error(403, "global/account-inactive", "Your account is inactive.");
        if (Account.QuotaReached) return Error(400, "global/quota-exceeded", "Quota exceeded.");
        var type = Catalog.FirstOrDefault(known => known.Type == (string?)body["instance_type_name"]);
        var region = (string)body["region_name"]!;
        if (type.Type is null) return Missing();
        if (Account.SoldOut.Contains(type.Type) || !type.Places.Contains(region)) return Error(400, "instance-operations/launch/insufficient-capacity", "Not enough capacity to fulfill launch request.");
        var mounts = (body["file_system_mounts"] as JsonArray ?? []).Select(mount => (string)mount!["file_system_id"]!).ToList();
        if (mounts.Any(id => Account.Volumes.All(volume => volume.Id != id || volume.Region != region))) return Error(400, "instance-operations/launch/file-system-in-wrong-region", "File system is in another region.");
        _lastLaunch = Time.GetUtcNow();
        var machine = Account.Add(new CloudMachine
        {
            Id = Account.NextId(),
            Name = (string?)body["name"] ?? "",
            Product = type.Type,
            Gpus = type.Count,
            Region = region,
            PricePerHour = type.Cents / 100m,
            CreatedAt = Time.GetUtcNow(),
            PublicKey = Account.Keys.First(key => key.Name == (string?)keys[0]).PublicKey,
            Volumes = mounts,
            StartupScript = (string?)body["user_data"],
            Tags = [.. (body["tags"] as JsonArray ?? []).Select(tag => $"{(string)tag!["key"]!}={(string)tag["value"]!}")],
        });
        return Data(new JsonObject { ["instance_ids"] = new JsonArray(machine.Id) });
    }

    private CloudAnswer Terminate(CloudRequest request)
    {
        if (Check(request.Json, ["instance_ids"], ["instance_ids"]).Count > 0) return Error(400, "global/invalid-parameters", "instance_ids");
        var id = (string)request.Json["instance_ids"]![0]!;
        if (Account.EndRefusals > 0 && Account.Machines.Any(machine => machine.Id == id))
        {
            Account.EndRefusals--;
            return Error(400, "global/invalid-parameters", "The instance has not launched yet.");
        }

        return Account.End(id, Time.GetUtcNow()) ? Data(new JsonObject { ["terminated_instances"] = new JsonArray(new JsonObject { ["id"] = id }) }) : Missing();
    }

    private CloudAnswer AddKey(CloudRequest request)
    {
        if (Check(request.Json, ["name", "public_key"], ["name"]).Count > 0) return Error(400, "global/invalid-parameters", "name");
        var key = (Account.NextId(), (string)request.Json["name"]!, (string)request.Json["public_key"]!);
        if (Account.Keys.Any(known => known.Name == key.Item2)) return Error(400, "global/duplicate", "A key of that name exists.");
        Account.Keys.Add(key);
        return Data(KeyObject(key));
    }

    private CloudAnswer AddFileSystem(CloudRequest request)
    {
        var body = request.Json;
        if (Check(body, ["name", "region"], ["name", "region"]).Count > 0) return Error(400, "global/invalid-parameters", "name and region");
        var system = (Account.NextId(), (string)body["name"]!, (string)body["region"]!, "", 0);
        Account.Volumes.Add(system);
        return Data(FileSystem(system));
    }

    private CloudAnswer Types() => Data(new JsonObject(Catalog.Select(type => KeyValuePair.Create(type.Type, (JsonNode?)new JsonObject
    {
        ["instance_type"] = new JsonObject
        {
            ["name"] = type.Type,
            ["description"] = $"{type.Count}x {type.Gpu}",
            ["gpu_description"] = type.Gpu,
            ["price_cents_per_hour"] = type.Cents,
            ["specs"] = new JsonObject { ["vcpus"] = 30, ["memory_gib"] = 200, ["storage_gib"] = 1400, ["gpus"] = type.Count },
        },
        ["regions_with_capacity_available"] = new JsonArray([.. (Account.SoldOut.Contains(type.Type) ? [] : type.Places).Select(place => new JsonObject { ["name"] = place, ["description"] = place })]),
    }))));

    private JsonObject Instance(CloudMachine machine) => new()
    {
        ["id"] = machine.Id,
        ["name"] = machine.Name,
        ["ip"] = machine.IsUp ? machine.Ssh.Host : null,
        ["jupyter_token"] = "token-of-jupyter",
        ["status"] = machine.Word ?? (machine.IsEnding ? "terminating" : machine.IsDead ? "unhealthy" : machine.IsUp ? "active" : "booting"),
        ["region"] = new JsonObject { ["name"] = machine.Region },
        ["instance_type"] = new JsonObject { ["name"] = machine.Product, ["price_cents_per_hour"] = (int)(machine.PricePerHour * 100), ["specs"] = new JsonObject { ["gpus"] = machine.Gpus } },
        ["tags"] = new JsonArray([.. machine.Tags.Select(tag => new JsonObject { ["key"] = tag.Split('=')[0], ["value"] = tag.Split('=')[1] })]),
        ["file_system_mounts"] = new JsonArray([.. machine.Volumes.Select(id => new JsonObject { ["mount_point"] = "/workspace", ["file_system_id"] = id })]),
        ["actions"] = new JsonObject { ["terminate"] = new JsonObject { ["available"] = machine.IsUp, ["reason_code"] = machine.IsUp ? null : "vm-has-not-launched" } },
    };

    private static JsonObject KeyObject((string Id, string Name, string PublicKey) key) => new() { ["id"] = key.Id, ["name"] = key.Name, ["public_key"] = key.PublicKey };

    private static JsonObject FileSystem((string Id, string Name, string Region, string Cloud, int Size) system) =>
        new() { ["id"] = system.Id, ["name"] = system.Name, ["region"] = new JsonObject { ["name"] = system.Region }, ["is_in_use"] = false };

    private static CloudAnswer Data(JsonNode data) => CloudAnswer.Json(new JsonObject { ["data"] = data });

    private static CloudAnswer Missing() => Error(404, "global/object-does-not-exist", "Specified instance does not exist.");

    private static CloudAnswer Error(int status, string code, string text) =>
        CloudAnswer.Json(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = text, ["suggestion"] = "Look at the documentation." } }, status);

    [GeneratedRegex("^[a-z][a-z0-9-:]+$")]
    private static partial Regex TagKey();
}
