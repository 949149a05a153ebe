using System.Globalization;
using System.Text.Json;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.MassedCompute;

/// <summary>Massed Compute by its API v1: virtual machines, priced as a whole, found again by their name alone.</summary>
internal sealed class MassedProvider : IGpuProvider, ISshKeyStore
{
    private const string NoSuchMachine = "00000000-0000-0000-0000-000000000000";
    private const string UsualImage = "Ubuntu Server 24.04";

    /// <summary>Massed Compute at its usual address.</summary>
    public static readonly GpuProviderInfo Usual = new()
    {
        Name = "MassedCompute",
        Address = new Uri("https://vm.massedcompute.com/api/v1/"),
        Console = new Uri("https://vm.massedcompute.com/"),
        KeyPage = new Uri("https://vm.massedcompute.com/settings/api"),
        KeyVariables = ["MASSED_COMPUTE_API_KEY"],
        KeyFiles =
        [
            new(".config/massed-compute/config.json", "apiKey"), new("Library/Application Support/massed-compute/config.json", "apiKey"),
            new("AppData/Roaming/massed-compute/config.json", "apiKey"),
        ],
        Capabilities = ProviderCapabilities.StartupScript | ProviderCapabilities.LiveStock | ProviderCapabilities.AccountSshKeys | ProviderCapabilities.SshKeyInRequest | ProviderCapabilities.VirtualMachine,
        MaxNameLength = 64,
        PollInterval = TimeSpan.FromSeconds(10),
        ReadyTimeout = TimeSpan.FromMinutes(15),
        // A launch can stay out of sight for minutes and is under way all the same.
        ListingLag = TimeSpan.FromMinutes(5),
    };

    private readonly ProviderHttp _http;

    public MassedProvider(ProviderConnection connection) => _http = new ProviderHttp(connection, Refuse);

    public GpuProviderInfo Info => _http.Info;

    public async Task<AccountStatus> TestKeyAsync(CancellationToken cancel)
    {
        await _http.SendAsync(HttpMethod.Post, "account/token/validation", "{}"u8.ToArray(), "check a key", Repeat.Always, cancel).ConfigureAwait(false);
        var billing = await _http.GetAsync("account/billing", "read how the account is billed", MassedJson.Default.MassedBilling, cancel).ConfigureAwait(false);
        var machines = await ListAsync(cancel).ConfigureAwait(false);
        var paid = billing is { RechargeAmount: > 0, RechargeThreshold: > 0 };
        var readOnly = false;
        try
        {
            await TerminateAsync(NoSuchMachine, cancel).ConfigureAwait(false);
        }
        catch (ProviderException refused) when (refused.Failure == ProviderFailure.Forbidden)
        {
            readOnly = true;
        }

        var remarks = new List<string>();
        if (readOnly) remarks.Add("The key may read, but neither rent nor end machines.");
        if (!paid) remarks.Add($"No recharge amount and threshold are set, so that nothing can be rented: set both at {Info.Console}.");
        return new AccountStatus { Provider = Info.Name, CanRent = paid && !readOnly, IsReadOnly = readOnly, Machines = machines.Count, Remarks = remarks };
    }

    public async Task<IReadOnlyList<GpuOffer>> FindOffersAsync(OfferQuery query, CancellationToken cancel)
    {
        var inventory = await _http.GetAsync("gpu-inventory", "list offers", MassedJson.Default.MassedInventory, cancel).ConfigureAwait(false);
        if (inventory.Products is null) throw ProviderErrors.AnswerUnexpected(Info, "an inventory without products");
        return [.. MassedOffers.Of(inventory, _http.Time.GetUtcNow()).Select(query.Matches).OfType<GpuOffer>()];
    }

    public async Task<RentedMachine> CreateAsync(RigSpec spec, CancellationToken cancel)
    {
        if (spec.Volume is not null) throw ProviderErrors.Unsupported(Info.Name, "attach volumes", "Leave -Volume out, or rent at RunPod, Shadeform or Lambda.");
        var launch = new MassedLaunch
        {
            ImageId = await ImageAsync(spec.Image, cancel).ConfigureAwait(false),
            ProductName = spec.Offer.Product,
            RegionName = spec.Region ?? "any",
            InstanceName = spec.Name,
            Command = MassedStartup.Command(spec),
            SshKeys = spec.SshKey is { } key ? [key.Name] : null,
        };
        var answer = await _http.PostAsync("instance/launch", launch, MassedJson.Default.MassedLaunch, $"rent {spec.Offer.Product}", MassedJson.Default.MassedResponse, Repeat.WhenRateLimited, cancel).ConfigureAwait(false);
        if (answer.Response is not { Length: > 0 } id)
        {
            var failure = ProviderErrors.AnswerUnexpected(Info, "a launch without an id");
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
            Product = spec.Offer.Product,
            GpuCount = spec.Offer.GpuCount,
            PricePerHour = spec.Offer.PricePerHour,
            CreatedAt = _http.Time.GetUtcNow(),
        };
    }

    public async Task<RentedMachine?> FindAsync(string id, CancellationToken cancel)
    {
        try
        {
            var answer = await _http.GetAsync($"instance/{Uri.EscapeDataString(id)}", "look at a machine", MassedJson.Default.MassedInstances, cancel).ConfigureAwait(false);
            // An id that is not known is an empty list, with status 200.
            return Machines(answer).FirstOrDefault(machine => machine.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
        }
        catch (ProviderException gone) when (gone.Failure == ProviderFailure.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<RentedMachine>> ListAsync(CancellationToken cancel) =>
        Machines(await _http.GetAsync("instance", "list machines", MassedJson.Default.MassedInstances, cancel).ConfigureAwait(false));

    public async Task<Termination> TerminateAsync(string id, CancellationToken cancel)
    {
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new MassedTerminate([id]), MassedJson.Default.MassedTerminate);
            var answer = await _http.SendAsync(HttpMethod.Post, "instance/terminate", body, "end a machine", Repeat.Always, cancel).ConfigureAwait(false);
            return answer.Body.AsSpan().IndexOf("No valid VMs found"u8) >= 0 ? Termination.AlreadyGone : Termination.Accepted;
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
        var known = (await KeysAsync(cancel).ConfigureAwait(false)).FirstOrDefault(key => SshKeyMaterial.Of(key?.PublicKey) == material);
        if (known is { Id: { } id, Name: { } there }) return new SshKeyReference(id, there);
        // Hyphens and the like are refused in names.
        var plain = string.Concat(name.Where(char.IsAsciiLetterOrDigit));
        var answer = await _http.PostAsync("ssh-keys", new MassedNewKey(plain, publicKey.Trim()), MassedJson.Default.MassedNewKey, "register a public key", MassedJson.Default.MassedKeyAnswer, Repeat.Always, cancel).ConfigureAwait(false);
        return answer.SshKey is { Id: { } made } ? new SshKeyReference(made, answer.SshKey.Name ?? plain) : throw ProviderErrors.AnswerUnexpected(Info, "a key without an id");
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

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<MassedKey>> KeysAsync(CancellationToken cancel) =>
        (await _http.GetAsync("ssh-keys", "list public keys", MassedJson.Default.MassedKeys, cancel).ConfigureAwait(false)).SshKeys ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of keys without keys");

    private async Task<int> ImageAsync(string? wanted, CancellationToken cancel)
    {
        var images = (await _http.GetAsync("images", "list images", MassedJson.Default.MassedImages, cancel).ConfigureAwait(false)).Images ?? [];
        var image = wanted is null
            ? images.FirstOrDefault(known => UsualImage.Equals(known.VmImageName, StringComparison.OrdinalIgnoreCase))
                ?? images.Where(known => known.VmImageName?.Contains("Ubuntu Server", StringComparison.OrdinalIgnoreCase) == true).OrderByDescending(known => known.VmImageName, StringComparer.Ordinal).FirstOrDefault()
            : images.FirstOrDefault(known => known.VmImageId == wanted || wanted.Equals(known.VmImageName, StringComparison.OrdinalIgnoreCase));
        return int.TryParse(image?.VmImageId, CultureInfo.InvariantCulture, out var id) ? id : throw ProviderErrors.ImageUnknown(Info.Name, wanted ?? UsualImage, [.. images.Select(known => known.VmImageName).OfType<string>()]);
    }

    private IReadOnlyList<RentedMachine> Machines(MassedInstances answer)
    {
        try
        {
            return MassedMachines.Of(answer) ?? throw ProviderErrors.AnswerUnexpected(Info, "a list of machines without machines");
        }
        catch (JsonException strange)
        {
            throw ProviderErrors.AnswerUnexpected(Info, "a machine that can't be read", strange);
        }
    }

    // There are no codes; the words are those that other clients have met.
    private ProviderException? Refuse(RefusedRequest request) => request switch
    {
        { Said: var said } when said.Says("No valid VMs found") => ProviderErrors.NotFound(Info, "such machine", said.Text),
        { Answer.Status: >= 400 and not (401 or 402 or 403 or 429), Said: { IsNoCapacity: true } said } => ProviderErrors.NoCapacity(Info, request.Product, said.Text),
        { Answer.Status: >= 400 and not (401 or 402 or 429), Said: { IsQuota: true } said } => ProviderErrors.Quota(Info, said.Text),
        _ => null,
    };
}
