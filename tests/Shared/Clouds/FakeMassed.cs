using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>Massed Compute's API v1.</summary>
internal sealed class FakeMassed(TimeProvider? time = null) : FakeCloud(time)
{
    public override string Provider => "MassedCompute";

    /// <summary>The inventory: product, description, cents an hour, places, how many are free.</summary>
    public List<(string Product, string Description, int Cents, string[] Places, int Free)> Catalog { get; } =
    [
        ("gpu_2x_a6000", "2x RTX A6000 (48GB)", 114, ["us-central-1", "us-central-3"], 4),
        ("gpu_1x_l40", "1x L40 (48GB)", 86, ["us-central-1"], 19),
        ("gpu_1x_l40_spot", "[Spot] 1x L40 (48GB)", 40, ["us-central-1"], 19),
        ("gpu_1x_a5000", "1x RTX A5000 (24GB)", 45, [], 0),
        ("gpu_8x_DGX_A100", "8x DGX A100 (80GB)", 960, ["us-central-1"], 1),
        ("gpu_1x_internal", "1x A30 (24GB)", 0, ["us-central-1"], 5),
        ("cpu_4x", "4 CPUs", 12, ["us-central-1"], 50),
    ];

    /// <summary>True answers a single machine in the shape of the vendor's documentation, which the service does not have.</summary>
    public bool DocumentedShape { get; set; }

    /// <summary>True refuses every new key, as the service has done.</summary>
    public bool RefusesKeys { get; set; }

    /// <summary>The login that machines show.</summary>
    public string Username { get; set; } = "Ubuntu";

    protected override string BasePath => "/api/v1/";

    protected override CloudAnswer Unauthorized => Message(401, "Unauthenticated.");

    protected override CloudAnswer Forbidden => Message(403, "This API key is read-only");

    protected override bool IsRead(CloudRequest request) => request.Method == "GET" || request.Path.EndsWith("/validation", StringComparison.Ordinal);

    protected override CloudAnswer Handle(CloudRequest request, string[] path) => (request.Method, path) switch
    {
        ("GET", ["gpu-inventory"]) => Inventory(),
        ("GET", ["images"]) => CloudAnswer.Json(new JsonObject { ["images"] = new JsonArray(Image(184, "Ubuntu Server 24.04"), Image(7, "Art")) }),
        ("GET", ["instance"]) => CloudAnswer.Json(new JsonObject { ["runningInstances"] = new JsonArray([.. Account.List().Select(Machine)]) }),
        ("GET", ["instance", var id]) => One(id),
        ("POST", ["instance", "launch"]) => Launch(request),
        ("POST", ["instance", "terminate"]) => Terminate(request),
        ("GET", ["ssh-keys"]) => CloudAnswer.Json(new JsonObject { ["sshKeys"] = new JsonArray([.. Account.Keys.Select(key => new JsonObject { ["id"] = key.Id, ["name"] = key.Name, ["publicKey"] = key.PublicKey })]) }),
        ("POST", ["ssh-keys"]) => AddKey(request),
        ("DELETE", ["ssh-keys", var id]) => RemoveKey(id),
        ("POST", ["account", "token", "validation"]) => Message(200, "Valid Token"),
        ("GET", ["account", "billing"]) => CloudAnswer.Json(new JsonObject { ["billingMethod"] = "card", ["rechargeThreshold"] = Account.PaymentDue ? null : "10", ["rechargeAmount"] = Account.PaymentDue ? null : "50.00" }),
        _ => Message(404, "Not found"),
    };

    private CloudAnswer Launch(CloudRequest request)
    {
        var body = request.Json;
        if (Check(body, ["imageId", "productName", "regionName", "instanceName", "coupon", "command", "sshKeys"], ["imageId", "productName", "regionName"]) is { Count: > 0 } wrong) return Message(422, string.Join("; ", wrong));
        if (Account.PaymentDue) return Message(402, "Set recharge amount and recharge threshold first");
        if (Account.QuotaReached) return Message(400, "instance limit exceeded for this account");
        var product = Catalog.FirstOrDefault(known => known.Product == (string?)body["productName"]);
        if (product.Product is null || (int)body["imageId"]! is not (184 or 7)) return Message(400, "Failed to launch instance");
        if (product.Free == 0 || Account.SoldOut.Contains(product.Product)) return Message(400, "No capacity available for the requested product");
        var names = (body["sshKeys"] as JsonArray)?.Select(name => (string)name!).ToList() ?? [];
        if (names.Any(name => Account.Keys.All(key => key.Name != name))) return Message(400, "Failed to launch instance");
        var script = (string?)body["command"];
        var machine = Account.Add(new CloudMachine
        {
            Id = Account.NextId(),
            Name = (string?)body["instanceName"] ?? "",
            Product = product.Product,
            Gpus = product.Product[4] - '0',
            Region = "us-central-1",
            PricePerHour = product.Cents / 100m,
            PublicKey = names.Count > 0 ? Account.Keys.First(key => key.Name == names[0]).PublicKey : null,
            CreatedAt = Time.GetUtcNow(),
            StartupScript = script is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(script.Split(' ')[1])),
        });
        return CloudAnswer.Json(new JsonObject { ["response"] = machine.Id }, 202);
    }

    private CloudAnswer One(string id) => Account.Look(id) is not { } found
        ? CloudAnswer.Json(new JsonObject { ["runningInstances"] = new JsonArray() }) // 200 for what it does not know
        : DocumentedShape
            ? CloudAnswer.Json(new JsonObject { ["runningInstance"] = Machine(found) })
            : CloudAnswer.Json(new JsonObject { ["runningInstances"] = new JsonArray(Machine(found)) });

    private CloudAnswer Terminate(CloudRequest request)
    {
        if (Check(request.Json, ["instanceUuids"], ["instanceUuids"]).Count > 0) return Message(422, "instanceUuids is required");
        var id = (string)request.Json["instanceUuids"]![0]!;
        if (Account.EndRefusals > 0 && Account.Machines.Any(machine => machine.Id == id))
        {
            Account.EndRefusals--;
            return Message(409, "The instance is being provisioned");
        }

        return Account.End(id, Time.GetUtcNow())
            ? CloudAnswer.Json(new JsonObject { ["response"] = new JsonObject { ["data"] = new JsonObject { ["terminated_instances"] = new JsonArray(new JsonObject { ["id"] = id, ["status"] = "terminated" }) } } }, 202)
            : Message(400, "No valid VMs found");
    }

    private CloudAnswer AddKey(CloudRequest request)
    {
        var name = (string?)request.Json["name"] ?? "";
        if (Check(request.Json, ["name", "publicKey"], ["name", "publicKey"]).Count > 0 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != ' ')) return Message(422, "The name format is invalid.");
        if (RefusesKeys) return Message(500, "Server Error");
        var key = (Account.NextId(), name, (string)request.Json["publicKey"]!);
        Account.Keys.Add(key);
        return CloudAnswer.Json(new JsonObject { ["sshKey"] = new JsonObject { ["id"] = 17, ["name"] = name } });
    }

    private CloudAnswer RemoveKey(string id)
    {
        Account.Keys.RemoveAll(key => key.Id == id);
        return Message(200, "deleted"); // also what is not there
    }

    private CloudAnswer Inventory() => CloudAnswer.Json(new JsonObject
    {
        ["gpu_inventory"] = new JsonObject(Catalog.Select(product => KeyValuePair.Create(product.Product, (JsonNode?)new JsonObject
        {
            ["instance_type"] = new JsonObject
            {
                ["name"] = product.Product,
                ["description"] = product.Description,
                ["price_cents_per_hour"] = product.Cents,
                ["specs"] = new JsonObject { ["vcpu_count"] = 14, ["memory_gib"] = 72, ["storage_gb"] = 625 },
            },
            ["regions_with_capacity_available"] = new JsonArray([.. product.Places.Select(place => new JsonObject { ["name"] = place, ["description"] = "Wichita, KS" })]),
            ["capacity_available"] = Account.SoldOut.Contains(product.Product) ? 0 : product.Free,
        }))),
    });

    private JsonObject Machine(CloudMachine machine) => new()
    {
        ["uuid"] = machine.Id,
        ["name"] = machine.Name,
        ["ip"] = machine.IsUp ? machine.Ssh.Host : null,
        ["username"] = Username,
        ["password"] = "hunter2-" + machine.Id,
        ["status"] = machine.Word ?? (machine.IsStopped ? "Stopped" : machine.IsDead ? "error" : "rented"),
        ["os_booted"] = machine.IsUp ? 1 : 0, // let from the first moment on
        ["created"] = machine.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["active"] = 1,
        ["region"] = new JsonObject { ["name"] = machine.Region },
        ["product"] = new JsonObject { ["name"] = machine.Product, ["gpu_count"] = machine.Gpus, ["price_hr"] = machine.PricePerHour.ToString(CultureInfo.InvariantCulture), ["final_price_hr"] = "0" },
    };

    private static JsonObject Image(int id, string name) => new() { ["vm_image_id"] = id, ["vm_image_name"] = name, ["vm_image_description"] = "…" };

    private static CloudAnswer Message(int status, string text) => CloudAnswer.Json(new JsonObject { ["message"] = text }, status);
}
