using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.RunPod;

/// <summary>RunPod by its REST API v2: pods are containers, and the public key goes along with the request.</summary>
internal sealed class RunPodProvider : IGpuProvider, IStopStart, IVolumeStore, IRigLogs, IBillingHistory
{
    private const string DefaultImage = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404";
    private const int DefaultDiskGiB = 100;

    // Nothing has this id: only whether the key may end machines is asked.
    private const string NoSuchPod = "llmops-key-test";

    /// <summary>RunPod at its usual address.</summary>
    public static readonly GpuProviderInfo Usual = new()
    {
        Name = "RunPod",
        Address = new Uri("https://api.runpod.io/v2/"),
        Console = new Uri("https://console.runpod.io/pods"),
        KeyPage = new Uri("https://console.runpod.io/user/settings"),
        KeyVariables = ["RUNPOD_API_KEY"],
        KeyFiles = [new(".runpod/config.toml", "apikey", "api_key")],
        Capabilities = ProviderCapabilities.StopStart | ProviderCapabilities.Volumes | ProviderCapabilities.LiveStock | ProviderCapabilities.SshKeyInRequest | ProviderCapabilities.Logs
            | ProviderCapabilities.BillingHistory | ProviderCapabilities.ContainerImage | ProviderCapabilities.MachineKey | ProviderCapabilities.Regions,
        MaxNameLength = 60,
        PollInterval = TimeSpan.FromSeconds(5),
        ReadyTimeout = TimeSpan.FromMinutes(20),
        ListingLag = TimeSpan.FromSeconds(60),
        MachineIdVariable = "RUNPOD_POD_ID",
        MachineKeyVariable = "RUNPOD_API_KEY",
    };

    private readonly ConcurrentDictionary<string, bool> _seenUp = [];
    private readonly ProviderHttp _http;

    public RunPodProvider(ProviderConnection connection) => _http = new ProviderHttp(connection, Refuse);

    public GpuProviderInfo Info => _http.Info;

    public string StopConsequence =>
        "The container's disk is lost, a pod's own volume bills double while it is stopped, and the GPUs may be taken by others: a start can then find none. With a network volume, remove the rig and rent another instead.";

    public async Task<AccountStatus> TestKeyAsync(CancellationToken cancel)
    {
        var machines = await ListAsync(cancel).ConfigureAwait(false);
        var remarks = new List<string> { "Whether the balance suffices for an hour shows only when a pod is rented." };
        var readOnly = false;
        try
        {
            await _http.SendAsync(HttpMethod.Delete, $"pods/{NoSuchPod}", null, "end pods", Repeat.Always, cancel).ConfigureAwait(false);
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Forbidden)
        {
            readOnly = true;
            remarks.Insert(0, "The key may read, but neither rent nor end pods.");
        }
        catch (ProviderException refused) when (refused.Failure is ProviderFailure.NotFound or ProviderFailure.InvalidRequest)
        {
            // It may end pods; there is just none of that id.
        }

        return new AccountStatus { Provider = Info.Name, CanRent = readOnly ? false : null, IsReadOnly = readOnly, Machines = machines.Count, Remarks = remarks };
    }

    public async Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel)
    {
        if (query.Spot) return [];
        var counts = query.GpuCount is { } wanted ? [wanted] : RunPodOffers.UsualCounts;
        var pages = await Task.WhenAll(counts.Select(count => OffersAsync(count, query.Secure, cancel))).ConfigureAwait(false);
        return [.. pages.SelectMany(offers => offers).Select(query.Matches).OfType<GpuOffer>()];
    }

    public async Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        if (spec.StartupScript is not null) throw ProviderErrors.Unsupported(Info.Name, "run a script at the first boot", "Use an image that does it, or run the commands over SSH afterwards.");
        var region = spec.Region ?? spec.Volume?.Region;
        if (spec.Volume is { } attached && !attached.Region.Equals(region, StringComparison.OrdinalIgnoreCase)) throw RentalErrors.VolumeElsewhere(attached.Name, attached.Region, $"the machine was to be in {region}");
        var body = new RunPodCreate
        {
            Name = spec.Name,
            Image = spec.Image ?? DefaultImage,
            Gpu = new RunPodGpu(spec.Offer.Product, spec.Offer.GpuCount), // without a count the scheduler finds nothing
            Cloud = spec.Offer.IsSecure ? "SECURE" : "COMMUNITY",
            Disk = spec.DiskGiB ?? DefaultDiskGiB,
            Ports = ["22/tcp"],
            // Ids in lower case are taken, and break the placement.
            DataCenterIds = region is not null ? [region.ToUpperInvariant()] : spec.Offer.Regions.Count > 0 ? [.. spec.Offer.Regions.Select(place => place.ToUpperInvariant())] : null,
            Env = new Dictionary<string, string> { ["PUBLIC_KEY"] = SshKeyMaterial.Validate(spec.SshPublicKey) },
            Mounts = spec.Volume is { } volume ? new RunPodMounts([new RunPodMount(volume.Id, spec.VolumePath)]) : null,
        };
        var pod = await _http.PostAsync("pods", body, RunPodJson.Default.RunPodCreate, $"rent {spec.Offer.GpuCount}×{spec.Offer.Product}", RunPodJson.Default.RunPodPod, Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
        return Machine(pod, mayHaveMade: true);
    }

    public async Task<RentedMachine?> FindAsync(string id, CancellationToken cancel)
    {
        try
        {
            return Machine(await _http.GetAsync($"pods/{Uri.EscapeDataString(id)}", "look at a pod", RunPodJson.Default.RunPodPod, cancel).ConfigureAwait(false));
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel) =>
        [.. (await PagesAsync("pods", "list pods", RunPodJson.Default.RunPodPods, page => (page.Pods, page.Pagination), cancel).ConfigureAwait(false)).Select(pod => Machine(pod))];

    public async Task<Termination> TerminateAsync(string id, CancellationToken cancel)
    {
        try
        {
            await _http.SendAsync(HttpMethod.Delete, $"pods/{Uri.EscapeDataString(id)}", null, "end a pod", Repeat.Always, cancel).ConfigureAwait(false);
            return Termination.Accepted;
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return Termination.AlreadyGone;
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Conflict)
        {
            return Termination.NotYet(refused.RetryAfter ?? TimeSpan.FromSeconds(10), refused.Detail);
        }
    }

    public Task StopAsync(string id, CancellationToken cancel) => ActAsync(id, "stop", cancel);

    public async Task StartAsync(string id, CancellationToken cancel)
    {
        await ActAsync(id, "start", cancel).ConfigureAwait(false);
        _seenUp.TryRemove(id, out _);
    }

    public async Task<IReadOnlyList<GpuVolume>> ListVolumesAsync(CancellationToken cancel) =>
        [.. (await PagesAsync("network-volumes", "list network volumes", RunPodJson.Default.RunPodVolumes, page => (page.NetworkVolumes, page.Pagination), cancel).ConfigureAwait(false)).Select(Volume)];

    public async Task<GpuVolume> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancel) => Volume(await _http.PostAsync(
        "network-volumes", new RunPodCreateVolume(spec.Name, Math.Max(spec.SizeGiB, 10), spec.Region.ToUpperInvariant()), RunPodJson.Default.RunPodCreateVolume,
        $"make a network volume of {spec.SizeGiB} GB in {spec.Region}", RunPodJson.Default.RunPodVolume, Repeat.WhenRateLimited, cancel).ConfigureAwait(false));

    public async Task<Termination> DeleteVolumeAsync(string id, CancellationToken cancel)
    {
        try
        {
            await _http.SendAsync(HttpMethod.Delete, $"network-volumes/{Uri.EscapeDataString(id)}", null, "delete a network volume", Repeat.Always, cancel).ConfigureAwait(false);
            return Termination.Accepted;
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return Termination.AlreadyGone;
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Conflict)
        {
            return Termination.NotYet(TimeSpan.FromSeconds(10), refused.Detail);
        }
    }

    public IAsyncEnumerable<RigLogLine> ReadLogsAsync(string id, int tail, bool follow, CancellationToken cancel) => new RunPodLogs(_http).ReadAsync(id, tail, follow, cancel);

    public async Task<IReadOnlyList<BillingRecord>> ReadBillingAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var query = $"?bucketSize=hour&startTime={Uri.EscapeDataString(since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))}";
        var pods = await PagesAsync("billing/pods" + query, "read what pods cost", RunPodJson.Default.RunPodBilling, page => (page.Records, page.Pagination), cancel).ConfigureAwait(false);
        var volumes = await PagesAsync("billing/network-volumes" + query, "read what volumes cost", RunPodJson.Default.RunPodBilling, page => (page.Records, page.Pagination), cancel).ConfigureAwait(false);
        return [.. from record in pods.Concat(volumes)
                   let start = LenientTime.Of(record.StartTime)
                   where start is not null && record.TotalAmount is not null
                   select new BillingRecord(record.PodId, record.NetworkVolumeId, start!.Value, record.TotalAmount!.Value, null)];
    }

    public void Dispose() => _http.Dispose();

    private async Task<IEnumerable<GpuOffer>> OffersAsync(int count, bool secure, CancellationToken cancel) => RunPodOffers.Of(
        await _http.GetAsync(
            $"catalog/gpus?include=AVAILABILITY&product=POD&count={count.ToString(CultureInfo.InvariantCulture)}{(secure ? "&cloud=SECURE" : "")}", "list offers", RunPodJson.Default.RunPodGpuTypes, cancel).ConfigureAwait(false),
        count, _http.Time.GetUtcNow());

    private Task ActAsync(string id, string action, CancellationToken cancel) => _http.SendAsync(
        HttpMethod.Post, $"pods/{Uri.EscapeDataString(id)}/action", JsonSerializer.SerializeToUtf8Bytes(new RunPodAction(action), RunPodJson.Default.RunPodAction), action + " a pod", Repeat.Always, cancel);

    private RentedMachine Machine(RunPodPod pod, bool mayHaveMade = false)
    {
        if (pod.Id is null)
        {
            var failure = ProviderErrors.AnswerUnexpected(Info, "a pod without an id");
            failure.MachineMayExist = mayHaveMade;
            throw failure;
        }

        if (pod.Runtime is not null) _seenUp[pod.Id] = true;
        else if (!"RUNNING".Equals(pod.Status, StringComparison.OrdinalIgnoreCase)) _seenUp.TryRemove(pod.Id, out _);
        return RunPodMachine.Of(pod, _seenUp.ContainsKey(pod.Id));
    }

    private GpuVolume Volume(RunPodVolume volume) => volume is { Id: { } id, DataCenter: { } place }
        ? new GpuVolume { Provider = Info.Name, Id = id, Name = volume.Name ?? "", Region = place, SizeGiB = volume.Size, PricePerMonth = volume.Size is { } size ? VolumePrice(size) : null }
        : throw ProviderErrors.AnswerUnexpected(Info, "a network volume without an id or a data centre");

    /// <summary>$0.07 for a GB and month up to 1 TB, $0.05 above (docs.runpod.io, storage pricing, August 2026).</summary>
    private static decimal VolumePrice(int gigabytes) => Math.Min(gigabytes, 1000) * 0.07m + Math.Max(0, gigabytes - 1000) * 0.05m;

    private async Task<IReadOnlyList<T>> PagesAsync<TPage, T>(
        string path, string what, JsonTypeInfo<TPage> type, Func<TPage, (IReadOnlyList<T>? Items, RunPodPagination? Next)> read, CancellationToken cancel)
    {
        var all = new List<T>();
        var seen = new HashSet<string>();
        var next = path;
        while (true)
        {
            var (items, pagination) = read(await _http.GetAsync(next, what, type, cancel).ConfigureAwait(false));
            all.AddRange(items?.Where(item => item is not null) ?? throw ProviderErrors.AnswerUnexpected(Info, $"a list without its items, asked to {what}"));
            if (pagination is not { HasNextPage: true, NextCursor: { Length: > 0 } cursor }) return all;
            if (!seen.Add(cursor)) throw ProviderErrors.AnswerUnexpected(Info, "a list that never ends");
            next = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={Uri.EscapeDataString(cursor)}";
        }
    }

    // No code tells lack of stock from a rule that is broken: both are 400.
    private ProviderException? Refuse(RefusedRequest request) => request.Answer.Status switch
    {
        400 when request.Said.IsNoCapacity => ProviderErrors.NoCapacity(Info, request.Product, request.Said.Text),
        400 or 403 when request.Said.IsQuota => ProviderErrors.Quota(Info, request.Said.Text),
        _ => null,
    };
}
