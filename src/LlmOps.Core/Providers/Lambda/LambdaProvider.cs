using System.Text.Json;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.Lambda;

/// <summary>Lambda by its cloud API v1: virtual machines, errors with codes, one launch in twelve seconds.</summary>
internal sealed class LambdaProvider : IGpuProvider, IVolumeStore, ISshKeyStore
{
    /// <summary>Lambda at its usual address.</summary>
    public static readonly GpuProviderInfo Usual = new()
    {
        Name = "Lambda",
        Address = new Uri("https://cloud.lambda.ai/api/v1/"),
        Console = new Uri("https://cloud.lambda.ai/instances"),
        KeyPage = new Uri("https://cloud.lambda.ai/api-keys"),
        KeyVariables = ["LAMBDA_API_KEY", "LAMBDA_CLOUD_API_KEY"],
        KeyFiles = [new(".lambda_cloud/lambda_keys", "api_key")],
        Capabilities = ProviderCapabilities.Volumes | ProviderCapabilities.Tags | ProviderCapabilities.StartupScript | ProviderCapabilities.LiveStock
            | ProviderCapabilities.AccountSshKeys | ProviderCapabilities.VirtualMachine | ProviderCapabilities.Regions,
        MaxNameLength = 64,
        PollInterval = TimeSpan.FromSeconds(15),
        ReadyTimeout = TimeSpan.FromMinutes(30),
        ListingLag = TimeSpan.FromMinutes(1),
    };

    private readonly ProviderHttp _http;
    private readonly LambdaPace _pace;

    public LambdaProvider(ProviderConnection connection)
    {
        _http = new ProviderHttp(connection, Refuse);
        _pace = new LambdaPace(connection.Time);
    }

    public GpuProviderInfo Info => _http.Info;

    public async Task<AccountStatus> TestKeyAsync(CancellationToken cancel) => new()
    {
        Provider = Info.Name,
        Machines = (await ListAsync(cancel).ConfigureAwait(false)).Count,
        Remarks = ["Whether the account may launch shows only when a machine is rented."],
    };

    public async Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel)
    {
        if (query.Spot) return [];
        var types = await _http.GetAsync("instance-types", "list offers", LambdaJson.Default.LambdaTypes, cancel).ConfigureAwait(false);
        if (types.Data is null) throw ProviderErrors.AnswerUnexpected(Info, "a list of offers without offers");
        var now = _http.Time.GetUtcNow();
        return [.. types.Data.Values.Select(stock => LambdaMachine.Offer(stock, now)).OfType<GpuOffer>().Select(query.Matches).OfType<GpuOffer>()];
    }

    public async Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        var region = spec.Region ?? spec.Volume?.Region ?? (spec.Offer.Regions.Count > 0 ? spec.Offer.Regions[0] : throw ProviderErrors.NoCapacity(Info, spec.Offer.Product, "no place has it"));
        if (spec.Volume is { } volume && volume.Region != region) throw RentalErrors.VolumeElsewhere(volume.Name, volume.Region, $"the machine was to be in {region}");
        var body = new LambdaLaunch
        {
            RegionName = region,
            InstanceTypeName = spec.Offer.Product,
            SshKeyNames = [(spec.SshKey ?? throw ProviderErrors.Unsupported(Info.Name, "take a public key that is not registered", "Register it with the account first.")).Name],
            Name = spec.Name,
            FileSystemNames = spec.Volume is { } named ? [named.Name] : null,
            FileSystemMounts = spec.Volume is { } mounted ? [new LambdaMount(spec.VolumePath, mounted.Id)] : null,
            Image = spec.Image is not { } image ? null : image.Contains('-', StringComparison.Ordinal) && Guid.TryParse(image, out _) ? new LambdaImage(image, null) : new LambdaImage(null, image),
            UserData = spec.StartupScript is { } script ? Script(script) : null,
            Tags = spec.Tags.Count == 0 ? null : [.. spec.Tags.Select(tag => new LambdaTag(tag.Key, tag.Value))],
        };
        var made = await _pace.RunAsync(
            () => _http.PostAsync("instance-operations/launch", body, LambdaJson.Default.LambdaLaunch, $"rent {spec.Offer.Product}", LambdaJson.Default.LambdaLaunched, Repeat.WhenRateLimited, cancel),
            cancel).ConfigureAwait(false);
        if (made.Data?.InstanceIds is not [{ Length: > 0 } id])
        {
            var failure = ProviderErrors.AnswerUnexpected(Info, "a launch without just one id");
            failure.MachineMayExist = true;
            throw failure;
        }

        return new RentedMachine
        {
            Provider = Info.Name,
            Id = id,
            Name = spec.Name,
            State = MachineState.Pending,
            Status = "launched",
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
            var answer = await _http.GetAsync($"instances/{Uri.EscapeDataString(id)}", "look at a machine", LambdaJson.Default.LambdaOne, cancel).ConfigureAwait(false);
            return Machine(answer.Data);
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel)
    {
        var list = await _http.GetAsync("instances", "list machines", LambdaJson.Default.LambdaInstances, cancel).ConfigureAwait(false);
        return [.. (list.Data ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of machines without machines")).Select(Machine)];
    }

    public async Task<Termination> TerminateAsync(string id, CancellationToken cancel)
    {
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new LambdaTerminate([id]), LambdaJson.Default.LambdaTerminate);
            await _http.SendAsync(HttpMethod.Post, "instance-operations/terminate", body, "end a machine", Repeat.Always, cancel).ConfigureAwait(false);
            return Termination.Accepted;
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return Termination.AlreadyGone;
        }
        catch (ProviderException refused) when (refused.Failure is ProviderFailure.Conflict or ProviderFailure.InvalidRequest)
        {
            // What refuses while it boots says so in its actions; any other refusal is meant.
            var instance = (await _http.GetAsync($"instances/{Uri.EscapeDataString(id)}", "look at a machine", LambdaJson.Default.LambdaOne, cancel).ConfigureAwait(false)).Data;
            if (instance?.Actions?.Terminate is { Available: false } unavailable) return Termination.NotYet(TimeSpan.FromSeconds(15), unavailable.ReasonCode ?? refused.Detail);
            throw;
        }
    }

    public async Task<IReadOnlyList<GpuVolume>> ListVolumesAsync(CancellationToken cancel)
    {
        var list = await _http.GetAsync("file-systems", "list file systems", LambdaJson.Default.LambdaFileSystems, cancel).ConfigureAwait(false);
        return [.. (list.Data ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of file systems without file systems")).Where(known => known is { Id: not null, Region.Name: not null }).Select(Volume)];
    }

    public async Task<GpuVolume> CreateVolumeAsync(VolumeSpec spec, CancellationToken cancel)
    {
        var made = await _http.PostAsync(
            "filesystems", new LambdaNewFileSystem(spec.Name, spec.Region), LambdaJson.Default.LambdaNewFileSystem, $"make a file system in {spec.Region}", LambdaJson.Default.LambdaFileSystemAnswer, Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
        return made.Data is { Id: not null, Region.Name: not null } system ? Volume(system) : throw ProviderErrors.AnswerUnexpected(Info, "a file system without an id or a region");
    }

    public async Task<Termination> DeleteVolumeAsync(string id, CancellationToken cancel)
    {
        try
        {
            await _http.SendAsync(HttpMethod.Delete, $"filesystems/{Uri.EscapeDataString(id)}", null, "delete a file system", Repeat.Always, cancel).ConfigureAwait(false);
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

    public async Task<SshKeyReference> EnsureKeyAsync(string name, string publicKey, CancellationToken cancel)
    {
        var material = SshKeyMaterial.Of(SshKeyMaterial.Validate(publicKey));
        if ((await KeysAsync(cancel).ConfigureAwait(false)).FirstOrDefault(key => SshKeyMaterial.Of(key?.PublicKey) == material) is { Id: { } id, Name: { } known }) return new SshKeyReference(id, known);
        var made = await _http.PostAsync("ssh-keys", new LambdaNewKey(name, publicKey.Trim()), LambdaJson.Default.LambdaNewKey, "register a public key", LambdaJson.Default.LambdaKeyAnswer, Repeat.Always, cancel).ConfigureAwait(false);
        return new SshKeyReference(made.Data?.Id ?? throw ProviderErrors.AnswerUnexpected(Info, "a key without an id"), made.Data.Name ?? name);
    }

    public async Task<IReadOnlyList<SshKeyReference>> ListKeysAsync(CancellationToken cancel) =>
        [.. (await KeysAsync(cancel).ConfigureAwait(false)).Where(key => key?.Id is not null).Select(key => new SshKeyReference(key.Id!, key.Name ?? ""))];

    public async Task RemoveKeyAsync(SshKeyReference key, CancellationToken cancel)
    {
        try
        {
            await _http.SendAsync(HttpMethod.Delete, $"ssh-keys/{Uri.EscapeDataString(key.Id)}", null, "remove a public key", Repeat.Always, cancel).ConfigureAwait(false);
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _pace.Dispose();
    }

    // Cloud-init takes a script as it is.
    private static string Script(string text) => text.StartsWith("#!", StringComparison.Ordinal) ? text.ReplaceLineEndings("\n") : "#!/bin/bash\n" + text.ReplaceLineEndings("\n");

    private RentedMachine Machine(LambdaInstance? instance) => instance?.Id is null ? throw ProviderErrors.AnswerUnexpected(Info, "a machine without an id") : LambdaMachine.Of(instance);

    private GpuVolume Volume(LambdaFileSystem system) => new() { Provider = Info.Name, Id = system.Id!, Name = system.Name ?? "", Region = system.Region!.Name! };

    private async Task<IReadOnlyList<LambdaKey>> KeysAsync(CancellationToken cancel) =>
        (await _http.GetAsync("ssh-keys", "list public keys", LambdaJson.Default.LambdaKeys, cancel).ConfigureAwait(false)).Data ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of keys without keys");

    private ProviderException? Refuse(RefusedRequest request) => request.Said.Code switch
    {
        "global/invalid-api-key" => ProviderErrors.KeyRefused(Info, _http.KeySource, request.Said.Text),
        "global/account-inactive" => ProviderErrors.Billing(Info, request.Said.Text),
        "global/quota-exceeded" => ProviderErrors.Quota(Info, request.Said.Text),
        "global/object-does-not-exist" => ProviderErrors.NotFound(Info, "such thing", request.Said.Text),
        "instance-operations/launch/insufficient-capacity" => ProviderErrors.NoCapacity(Info, request.Product, request.Said.Text),
        "instance-operations/launch/file-system-in-wrong-region" or "global/invalid-parameters" => ProviderErrors.InvalidRequest(Info, request.What, request.Said.Text),
        _ => null,
    };
}
