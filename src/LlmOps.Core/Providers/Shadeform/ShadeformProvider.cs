using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.Shadeform;

/// <summary>Shadeform by its API v1: machines of many clouds, which it ends by itself at a time or a sum.</summary>
internal sealed class ShadeformProvider : IGpuProvider, IVolumeStore, ISshKeyStore, IServerExpiry
{
    /// <summary>Shadeform at its usual address.</summary>
    public static readonly GpuProviderInfo Usual = new()
    {
        Name = "Shadeform",
        Address = new Uri("https://api.shadeform.ai/v1/"),
        Console = new Uri("https://platform.shadeform.ai/"),
        KeyPage = new Uri("https://platform.shadeform.ai/settings/api"),
        KeyVariables = ["SHADEFORM_API_KEY"],
        KeyFiles = [new(".shadeform/api_key")],
        Capabilities = ProviderCapabilities.Volumes | ProviderCapabilities.Tags | ProviderCapabilities.ServerExpiry | ProviderCapabilities.StartupScript | ProviderCapabilities.LiveStock
            | ProviderCapabilities.AccountSshKeys | ProviderCapabilities.VirtualMachine | ProviderCapabilities.Regions,
        MaxNameLength = 63,
        PollInterval = TimeSpan.FromSeconds(10),
        ReadyTimeout = TimeSpan.FromMinutes(30),
        ListingLag = TimeSpan.FromMinutes(1),
    };

    private readonly ProviderHttp _http;

    public ShadeformProvider(ProviderConnection connection) => _http = new ProviderHttp(connection, Refuse, "X-API-KEY");

    public GpuProviderInfo Info => _http.Info;

    public bool SupportsSpend => true;

    public async Task<AccountStatus> TestKeyAsync(CancellationToken cancel) => new()
    {
        Provider = Info.Name,
        Machines = (await ListAsync(cancel).ConfigureAwait(false)).Count,
        Remarks = ["Whether the balance suffices shows only when a machine is rented."],
    };

    public async Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel)
    {
        if (query.Spot) return [];
        var path = "instances/types?sort=price"
            + (query.IncludeUnavailable ? "" : "&available=true")
            + (query.GpuCount is { } count ? "&num_gpus=" + count.ToString(CultureInfo.InvariantCulture) : "");
        var types = await _http.GetAsync(path, "list offers", ShadeformJson.Default.ShadeformTypes, cancel).ConfigureAwait(false);
        if (types.InstanceTypes is null) throw ProviderErrors.AnswerUnexpected(Info, "a list of offers without offers");
        var now = _http.Time.GetUtcNow();
        return [.. types.InstanceTypes.Select(type => ShadeformMachine.Offer(type, now)).OfType<GpuOffer>().Select(query.Matches).OfType<GpuOffer>()];
    }

    public async Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        var (cloud, type) = Split(spec.Offer.Product);
        var region = spec.Region ?? spec.Volume?.Region ?? (spec.Offer.Regions.Count > 0 ? spec.Offer.Regions[0] : throw ProviderErrors.NoCapacity(Info, spec.Offer.Product, "no place has it"));
        if (spec.Volume is { } volume && (volume.Region != region || (volume.Cloud is { } home && home != cloud))) throw RentalErrors.VolumeElsewhere(volume.Name, volume.Region, $"the machine was to be in {cloud}/{region}");
        var body = new ShadeformCreate
        {
            Cloud = cloud,
            Region = region,
            ShadeInstanceType = type,
            Name = spec.Name,
            Os = spec.Image ?? (spec.Offer.Images.Count > 0 ? spec.Offer.Images[0] : null),
            SshKeyId = spec.SshKey?.Id,
            Tags = spec.Tags.Count == 0 ? null : [.. spec.Tags.Select(tag => $"{tag.Key}={tag.Value}")],
            AutoDelete = Expiry(spec.ExpiresAt, spec.MaxSpend),
            VolumeIds = spec.Volume is { } attached ? [attached.Id] : null,
            LaunchConfiguration = spec.StartupScript is { } script ? new ShadeformLaunch("script", new ShadeformScript(Convert.ToBase64String(Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n"))))) : null,
        };
        var made = await _http.PostAsync("instances/create", body, ShadeformJson.Default.ShadeformCreate, $"rent {spec.Offer.Product}", ShadeformJson.Default.ShadeformId, Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
        if (made.Id is not { Length: > 0 } id)
        {
            var failure = ProviderErrors.AnswerUnexpected(Info, "a machine without an id");
            failure.MachineMayExist = true;
            throw failure;
        }

        return new RentedMachine
        {
            Provider = Info.Name,
            Id = id,
            Name = spec.Name,
            State = MachineState.Pending,
            Status = "creating",
            Region = region,
            Product = spec.Offer.Product,
            GpuCount = spec.Offer.GpuCount,
            PricePerHour = spec.Offer.PricePerHour,
            CreatedAt = _http.Time.GetUtcNow(),
            Tags = spec.Tags,
        };
    }

    public async Task<RentedMachine?> FindAsync(string id, CancellationToken cancel)
    {
        try
        {
            return Machine(await _http.GetAsync($"instances/{Uri.EscapeDataString(id)}/info", "look at a machine", ShadeformJson.Default.ShadeformInstance, cancel).ConfigureAwait(false));
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel)
    {
        var list = await _http.GetAsync("instances", "list machines", ShadeformJson.Default.ShadeformInstances, cancel).ConfigureAwait(false);
        return [.. (list.Instances ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of machines without machines")).Select(Machine)];
    }

    public Task<Termination> TerminateAsync(string id, CancellationToken cancel) => DeleteAsync($"instances/{Uri.EscapeDataString(id)}/delete", "end a machine", cancel);

    public Task SetExpiryAsync(string id, DateTimeOffset expiresAt, decimal? maxSpend, CancellationToken cancel) => _http.SendAsync(
        HttpMethod.Post, $"instances/{Uri.EscapeDataString(id)}/update", JsonSerializer.SerializeToUtf8Bytes(new ShadeformUpdate(Expiry(expiresAt, maxSpend)!), ShadeformJson.Default.ShadeformUpdate),
        "set when a machine ends", Repeat.Always, cancel);

    public async Task<IReadOnlyList<GpuVolume>> ListVolumesAsync(CancellationToken cancel)
    {
        var list = await _http.GetAsync("volumes", "list volumes", ShadeformJson.Default.ShadeformVolumes, cancel).ConfigureAwait(false);
        return [.. (list.Volumes ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of volumes without volumes")).Where(volume => volume is { Id: not null, Region: not null })
            .Select(volume => new GpuVolume { Provider = Info.Name, Id = volume.Id!, Name = volume.Name ?? "", Region = volume.Region!, Cloud = volume.Cloud, SizeGiB = volume.SizeInGb })];
    }

    public async Task<GpuVolume> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancel)
    {
        var cloud = spec.Cloud ?? throw ProviderErrors.Unsupported(Info.Name, "make a volume without knowing in which of its clouds", "Name the cloud before the place, as in hyperstack/canada-1.");
        var made = await _http.PostAsync(
            "volumes/create", new ShadeformNewVolume(cloud, spec.Region, spec.SizeGiB, spec.Name), ShadeformJson.Default.ShadeformNewVolume, $"make a volume of {spec.SizeGiB} GB in {cloud}/{spec.Region}",
            ShadeformJson.Default.ShadeformId, Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
        return new GpuVolume { Provider = Info.Name, Id = made.Id ?? throw ProviderErrors.AnswerUnexpected(Info, "a volume without an id"), Name = spec.Name, Region = spec.Region, Cloud = cloud, SizeGiB = spec.SizeGiB };
    }

    public Task<Termination> DeleteVolumeAsync(string id, CancellationToken cancel) => DeleteAsync($"volumes/{Uri.EscapeDataString(id)}/delete", "delete a volume", cancel);

    public async Task<SshKeyReference> EnsureKeyAsync(string name, string publicKey, CancellationToken cancel)
    {
        var material = SshKeyMaterial.Of(SshKeyMaterial.Validate(publicKey));
        if ((await KeysAsync(cancel).ConfigureAwait(false)).FirstOrDefault(key => SshKeyMaterial.Of(key?.PublicKey) == material) is { Id: { } id } known) return new SshKeyReference(id, known.Name ?? "");
        var made = await _http.PostAsync("sshkeys/add", new ShadeformNewKey(name, publicKey.Trim()), ShadeformJson.Default.ShadeformNewKey, "register a public key", ShadeformJson.Default.ShadeformId, Repeat.Always, cancel).ConfigureAwait(false);
        return new SshKeyReference(made.Id ?? throw ProviderErrors.AnswerUnexpected(Info, "a key without an id"), name);
    }

    public async Task<IReadOnlyList<SshKeyReference>> ListKeysAsync(CancellationToken cancel) =>
        [.. (await KeysAsync(cancel).ConfigureAwait(false)).Where(key => key?.Id is not null).Select(key => new SshKeyReference(key.Id!, key.Name ?? ""))];

    public Task RemoveKeyAsync(SshKeyReference key, CancellationToken cancel) => DeleteAsync($"sshkeys/{Uri.EscapeDataString(key.Id)}/delete", "remove a public key", cancel);

    public void Dispose() => _http.Dispose();

    private static (string Cloud, string Type) Split(string product) => product.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? (product[..slash], product[(slash + 1)..]) : ("", product);

    private static ShadeformAutoDelete? Expiry(DateTimeOffset? at, decimal? spend) => at is null && spend is null ? null : new ShadeformAutoDelete(
        at?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), spend?.ToString("0.00", CultureInfo.InvariantCulture));

    private RentedMachine Machine(ShadeformInstance? instance) => instance?.Id is null ? throw ProviderErrors.AnswerUnexpected(Info, "a machine without an id") : ShadeformMachine.Of(instance);

    private async Task<IReadOnlyList<ShadeformKey>> KeysAsync(CancellationToken cancel) =>
        (await _http.GetAsync("sshkeys", "list public keys", ShadeformJson.Default.ShadeformKeys, cancel).ConfigureAwait(false)).SshKeys ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of keys without keys");

    private async Task<Termination> DeleteAsync(string path, string what, CancellationToken cancel)
    {
        try
        {
            await _http.SendAsync(HttpMethod.Post, path, null, what, Repeat.Always, cancel).ConfigureAwait(false);
            return Termination.Accepted;
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return Termination.AlreadyGone;
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Conflict)
        {
            return Termination.NotYet(TimeSpan.FromSeconds(15), refused.Detail);
        }
    }

    private ProviderException? Refuse(RefusedRequest request) =>
        request.Said.Code == "OUT_OF_STOCK" || (request.Answer.Status is 400 or 409 && request.Said.IsNoCapacity)
            ? ProviderErrors.NoCapacity(Info, request.Product, request.Said.Text)
            : request.Answer.Status is 400 or 403 or 409 && request.Said.IsQuota ? ProviderErrors.Quota(Info, request.Said.Text) : null;
}
