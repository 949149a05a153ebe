using System.Globalization;
using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>RunPod's REST v2.</summary>
internal sealed class FakeRunPod(TimeProvider? time = null) : FakeCloud(time)
{
    public const string CapacityText = "There are no longer any instances available with the requested specifications. Please refresh and try again.";

    public override string Provider => "RunPod";

    /// <summary>The catalogue: id, GB, price secure, price community, most GPUs, data centres.</summary>
    public List<(string Id, int Memory, decimal Secure, decimal Community, int Most, string[] Places)> Catalog { get; } =
    [
        ("NVIDIA A40", 48, 0.44m, 0.35m, 8, ["EU-RO-1", "US-KS-2"]),
        ("NVIDIA GeForce RTX 4090", 24, 0.69m, 0.34m, 8, ["EU-RO-1"]),
        ("NVIDIA H100 80GB HBM3", 80, 2.69m, 0, 8, ["US-KS-2"]),
    ];

    /// <summary>How many items a page of a list has; 0 is all.</summary>
    public int PageSize { get; set; }

    /// <summary>True shows the SSH server only among the ports.</summary>
    public bool HidesDirect { get; set; }

    /// <summary>The log of every pod, each line with its id.</summary>
    public List<(string Id, string Line)> Log { get; } = [];

    /// <summary>How many log lines come before the connection breaks; 0 is all.</summary>
    public int LogBreaksAfter { get; set; }

    /// <summary>True when the API has been closed.</summary>
    public bool IsRetired { get; set; }

    protected override string BasePath => "/v2/";

    protected override CloudAnswer Unauthorized => Problem(401, "Unauthorized", "invalid API key");

    protected override CloudAnswer Forbidden => Problem(403, "Forbidden", "API key lacks the scope for this operation");

    protected override CloudAnswer? Firewall(CloudRequest request) => request.Header("User-Agent") is null
        ? new CloudAnswer(403, "<!DOCTYPE html><html><head><title>Access denied | Error 1010</title></head></html>", "text/html")
        : IsRetired ? Problem(410, "Gone", "this API version was retired; migrate to a later one") : null;

    protected override CloudAnswer Handle(CloudRequest request, string[] path) => (request.Method, path) switch
    {
        ("GET", ["catalog", "gpus"]) => GpuTypes(request),
        ("GET", ["pods"]) => Page(request, "pods", [.. Account.List().Select(Pod)]),
        ("POST", ["pods"]) => Create(request),
        ("GET", ["pods", var id, "logs"]) => Logs(request, id),
        ("GET", ["pods", var id]) => Account.Look(id) is { } pod ? CloudAnswer.Json(Pod(pod)) : Problem(404, "Not Found", "pod not found"),
        ("DELETE", ["pods", var id]) => Delete(id),
        ("POST", ["pods", var id, "action"]) => Act(request, id),
        ("GET", ["network-volumes"]) => Page(request, "networkVolumes", [.. Account.Volumes.Select(Volume)]),
        ("POST", ["network-volumes"]) => CreateVolume(request),
        ("DELETE", ["network-volumes", var id]) => Account.Volumes.RemoveAll(volume => volume.Id == id) > 0 ? CloudAnswer.Empty(204) : Problem(404, "Not Found", "network volume not found"),
        ("GET", ["billing", _]) => CloudAnswer.Json(new JsonObject { ["records"] = new JsonArray([.. path[1] == "pods" ? Account.Machines.Select(Bill) : []]), ["metadata"] = new JsonObject() }),
        _ => Problem(404, "Not Found", "no such route"),
    };

    private CloudAnswer Create(CloudRequest request)
    {
        var body = request.Json;
        var wrong = Check(body,
            ["name", "image", "gpu", "cloud", "disk", "ports", "env", "dataCenterIds", "mounts", "args", "registry", "templateId", "cpu", "globalNetworking", "startSsh", "minCudaVersion", "cudaVersions", "entrypoint", "cmd"],
            ["name", "image"]);
        if (body["gpu"] is JsonObject gpu) wrong.AddRange(Check(gpu, ["id", "count", "minRamPerGpu", "minVcpuCountPerGpu"], ["id"]));
        if (body["mounts"] is JsonObject mounts) wrong.AddRange(Check(mounts, ["network", "persistent"], []));
        if (wrong.Count > 0) return Problem(422, "Unprocessable Entity", "Request validation failed.", wrong);
        if (request.Body.Length > 102_400) return Problem(413, "Payload Too Large", "body too large");
        if (body["gpu"] is not JsonObject { } chosen) return Problem(400, "Bad Request", "exactly one of gpu or cpu must be set");
        var id = (string)chosen["id"]!;
        if (Account.PaymentDue) return Problem(402, "Payment Required", "insufficient balance");
        if (Account.QuotaReached) return Problem(400, "Bad Request", "You have reached your spend limit of $80/hr");
        if (Catalog.FirstOrDefault(type => type.Id == id) is not { Id: not null } type) return Problem(404, "Not Found", "unknown gpu");
        // Without a count the scheduler finds nothing.
        if (chosen["count"] is null || Account.SoldOut.Contains(id)) return Problem(400, "Bad Request", CapacityText);
        var places = (body["dataCenterIds"] as JsonArray)?.Select(place => (string)place!).ToList() ?? [.. type.Places];
        if (places.Any(place => place != place.ToUpperInvariant()) || !places.Intersect(type.Places).Any()) return Problem(400, "Bad Request", CapacityText);
        var mount = (body["mounts"]?["network"] as JsonArray)?[0];
        var volume = mount is null ? default : Account.Volumes.FirstOrDefault(known => known.Id == (string?)mount["volumeId"]);
        if (mount is not null && (volume.Id is null || mount["path"] is null)) return Problem(400, "Bad Request", "network volume not found");
        if (mount is not null && !places.Contains(volume.Region)) return Problem(400, "Bad Request", "network volume is in another data center");
        var secure = (string?)body["cloud"] != "COMMUNITY";
        var count = (int)chosen["count"]!;
        var pod = Account.Add(new CloudMachine
        {
            Id = Account.NextId(),
            Name = (string)body["name"]!,
            Product = id,
            Gpus = count,
            Region = places.Intersect(type.Places).First(),
            PricePerHour = (secure ? type.Secure : type.Community) * count,
            PublicKey = (string?)body["env"]?["PUBLIC_KEY"],
            Volumes = volume.Id is null ? [] : [volume.Id],
            CreatedAt = Time.GetUtcNow(),
        });
        return CloudAnswer.Json(Pod(pod), 201);
    }

    private CloudAnswer Delete(string id)
    {
        if (Account.EndRefusals > 0 && Account.Machines.Any(machine => machine.Id == id))
        {
            Account.EndRefusals--;
            return Problem(409, "Conflict", "pod cannot be terminated in its current state");
        }

        return Account.End(id, Time.GetUtcNow()) ? CloudAnswer.Empty(204) : Problem(404, "Not Found", "pod not found");
    }

    private CloudAnswer Act(CloudRequest request, string id)
    {
        var action = (string?)request.Json["action"];
        if (action is not ("start" or "stop" or "restart" or "terminate")) return Problem(422, "Unprocessable Entity", "Request validation failed.", ["$.action: value must be one of 'start', 'stop', 'restart', 'terminate'"]);
        if (Account.Machines.FirstOrDefault(machine => machine.Id == id) is not { IsGone: false } pod) return Problem(404, "Not Found", "pod not found");
        if (action == "stop" == pod.IsStopped) return Problem(409, "Conflict", $"cannot {action} the pod in its current state");
        pod.IsStopped = action == "stop";
        if (action == "start") (pod.Boots, pod.Ssh) = (Account.BootLooks, (pod.Ssh.Host, Account.Ssh.Port)); // another port than before
        return CloudAnswer.Json(Pod(pod));
    }

    private JsonObject Pod(CloudMachine pod)
    {
        var up = pod.IsUp;
        return new JsonObject
        {
            ["id"] = pod.Id,
            ["name"] = pod.Name,
            ["image"] = "",
            ["status"] = pod.Word ?? (pod.IsStopped ? "EXITED" : pod.IsEnding && pod.Ends <= 0 ? "TERMINATED" : "RUNNING"), // from the first moment on
            ["cost"] = pod.PricePerHour,
            ["dataCenterId"] = pod.Region,
            ["env"] = new JsonObject { ["PUBLIC_KEY"] = pod.PublicKey },
            ["gpu"] = new JsonObject { ["id"] = pod.Product, ["count"] = pod.Gpus },
            ["mounts"] = pod.Volumes.Count == 0 ? null : new JsonObject { ["network"] = new JsonArray(new JsonObject { ["volumeId"] = pod.Volumes[0], ["path"] = "/workspace" }) },
            ["runtime"] = !up ? null : new JsonObject
            {
                ["uptime"] = 3,
                ["ports"] = new JsonArray(
                    new JsonObject { ["ip"] = "100.65.14.155", ["private"] = 22, ["public"] = 60821, ["type"] = "http" },
                    new JsonObject { ["ip"] = pod.Ssh.Host, ["private"] = 22, ["public"] = pod.Ssh.Port.ToString(CultureInfo.InvariantCulture), ["type"] = "tcp" }),
            },
            ["ssh"] = new JsonObject
            {
                ["direct"] = up && !HidesDirect ? new JsonObject { ["host"] = pod.Ssh.Host, ["port"] = pod.Ssh.Port, ["username"] = "root" } : null,
                ["proxy"] = new JsonObject { ["host"] = "ssh.runpod.io", ["port"] = 22, ["username"] = pod.Id },
            },
            ["createdAt"] = pod.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
    }

    private CloudAnswer GpuTypes(CloudRequest request)
    {
        var count = int.Parse(request.Query.GetValueOrDefault("count", "1"), CultureInfo.InvariantCulture);
        return CloudAnswer.Json(new JsonObject
        {
            ["gpus"] = new JsonArray([.. Catalog.Where(type => count <= type.Most).Select(type => new JsonObject
            {
                ["id"] = type.Id, ["name"] = type.Id, ["manufacturer"] = "NVIDIA", ["memory"] = type.Memory, ["secure"] = type.Secure > 0, ["community"] = type.Community > 0,
                ["price"] = new JsonObject { ["secure"] = type.Secure, ["community"] = type.Community == 0 ? null : type.Community, ["serverless"] = 1.1 },
                ["maxCount"] = new JsonObject { ["secure"] = type.Most, ["community"] = type.Most },
                ["availability"] = Account.SoldOut.Contains(type.Id) ? "NONE" : "HIGH",
                ["dataCenters"] = new JsonArray([.. type.Places.Select(place => new JsonObject { ["id"] = place, ["name"] = place, ["availability"] = "LOW" })]),
            })]),
        });
    }

    private CloudAnswer CreateVolume(CloudRequest request)
    {
        var body = request.Json;
        var wrong = Check(body, ["name", "size", "dataCenter", "type"], ["name", "size", "dataCenter"]);
        if (wrong.Count > 0 || (int)body["size"]! is < 10 or > 4096) return Problem(422, "Unprocessable Entity", "Request validation failed.", wrong);
        var volume = (Account.NextId(), (string)body["name"]!, (string)body["dataCenter"]!, "", (int)body["size"]!);
        Account.Volumes.Add(volume);
        return CloudAnswer.Json(Volume(volume), 201);
    }

    private CloudAnswer Logs(CloudRequest request, string id)
    {
        if (Account.Machines.All(machine => machine.Id != id)) return Problem(404, "Not Found", "pod not found");
        var from = request.Header("Last-Event-ID") is { } last ? Log.FindIndex(line => line.Id == last) : 0; // the last one comes again
        var lines = Log.Skip(Math.Max(from, 0));
        if (LogBreaksAfter > 0) lines = lines.Take(LogBreaksAfter);
        return new CloudAnswer(200, string.Concat(lines.Select(line => $"id: {line.Id}\ndata: {new JsonObject { ["ts"] = line.Id, ["source"] = "container", ["line"] = line.Line }.ToJsonString()}\n\n")), "text/event-stream");
    }

    private CloudAnswer Page(CloudRequest request, string name, List<JsonObject> items)
    {
        if (PageSize == 0) return CloudAnswer.Json(new JsonObject { [name] = new JsonArray([.. items]) });
        var from = int.Parse(request.Query.GetValueOrDefault("cursor", "0"), CultureInfo.InvariantCulture);
        var more = from + PageSize < items.Count;
        return CloudAnswer.Json(new JsonObject
        {
            [name] = new JsonArray([.. items.Skip(from).Take(PageSize)]),
            ["pagination"] = new JsonObject { ["hasNextPage"] = more, ["nextCursor"] = more ? (from + PageSize).ToString(CultureInfo.InvariantCulture) : null },
        });
    }

    private static JsonObject Volume((string Id, string Name, string Region, string Cloud, int Size) volume) =>
        new() { ["id"] = volume.Id, ["name"] = volume.Name, ["dataCenter"] = volume.Region, ["size"] = volume.Size, ["type"] = "STANDARD" };

    private JsonObject Bill(CloudMachine pod) => new()
    {
        ["startTime"] = pod.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["podId"] = pod.Id,
        ["totalAmount"] = pod.PricePerHour * (decimal)((pod.EndedAt ?? Time.GetUtcNow()) - pod.CreatedAt).TotalHours,
    };

    private static CloudAnswer Problem(int status, string title, string detail, List<string>? errors = null)
    {
        var body = new JsonObject { ["title"] = title, ["status"] = status, ["detail"] = detail };
        if (errors is not null) body["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]);
        return new CloudAnswer(status, body.ToJsonString(), "application/problem+json");
    }
}
