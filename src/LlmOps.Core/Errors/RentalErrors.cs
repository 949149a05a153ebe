using LlmOps.Providers;

namespace LlmOps;

/// <summary>The failures of renting a rig and of giving it back.</summary>
public static class RentalErrors
{
    /// <summary>The journal can't be written, so nothing may be rented.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="inner">The exception underneath.</param>
    public static LlmOpsException JournalUnwritable(string path, Exception? inner) => new(
        "RentalJournalUnwritable", ErrorKind.ResourceUnavailable, $"The journal of what is rented, '{path}', can't be written: {inner?.Message} Nothing is rented without it.",
        "Make room and make the folder writable, or name another with LLMOPS_HOME; then run the command again.", path, inner);

    /// <summary>The owner's name can't be one.</summary>
    /// <param name="text">What LLMOPS_OWNER or the file holds, or the file.</param>
    public static LlmOpsException OwnerInvalid(string text) => new(
        "RentalOwnerInvalid", ErrorKind.InvalidArgument, $"'{text}' does not name the owner of rented machines.",
        "Set LLMOPS_OWNER to eight characters of 0-9 and a-f, the same on all workstations that share their machines, or remove it.", text);

    /// <summary>Nothing that is for rent fits the wish.</summary>
    /// <param name="wish">What was asked for.</param>
    public static LlmOpsException NoOffer(string wish) => new(
        "NoGpuOffer", ErrorKind.ObjectNotFound, $"Nothing that is for rent now is {wish}.",
        "See what there is with Find-GpuOffer, and ask for less or for more money.", wish);

    /// <summary>All candidates were refused.</summary>
    /// <param name="tried">Each candidate and why not.</param>
    /// <param name="inner">The last refusal.</param>
    public static LlmOpsException AllRefused(IReadOnlyList<string> tried, LlmOpsException inner) => new(
        "NoCandidateRented", inner.Kind, $"None of {tried.Count} offers could be rented: {string.Join("; ", tried)}. Nothing was rented.",
        inner.RecommendedAction, null, inner);

    /// <summary>The provider did not answer whether it has made the machine, and does not show it.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="machine">The machine's name.</param>
    /// <param name="inner">What the request met.</param>
    public static LlmOpsException OutcomeUnknown(string provider, string machine, Exception? inner) => new(
        "RentalOutcomeUnknown", ErrorKind.InvalidResult, $"{provider} did not say whether it made the machine {machine}, and does not show it: {inner?.Message} No other was asked for, so that no two are rented.",
        "In some minutes, end what may have come of it: Find-GpuOrphan | Remove-GpuRig; then run the command again.", machine, inner);

    /// <summary>A rented machine is gone although nobody here has ended it.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="provider">The provider's name.</param>
    public static LlmOpsException MachineGone(string rig, string provider) => new(
        "RentedMachineGone", ErrorKind.ObjectNotFound, $"{provider} has twice said that the machine of rig '{rig}' is gone.",
        "It costs nothing any more. Rent another with New-GpuRig.", rig);

    /// <summary>A rented machine will not become ready.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="detail">What the provider says.</param>
    public static LlmOpsException MachineFailed(string rig, string detail) => new(
        "RentedMachineFailed", ErrorKind.ResourceUnavailable, $"The machine of rig '{rig}' did not start: {detail}",
        "Try another offer, or another -Image: Find-GpuOffer", rig);

    /// <summary>A rented machine did not become ready in time.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="limit">How long it was waited for.</param>
    /// <param name="detail">How far it was.</param>
    public static LlmOpsException NotReady(string rig, TimeSpan limit, string detail) => new(
        "RentedMachineNotReady", ErrorKind.OperationTimeout, $"The machine of rig '{rig}' was not ready after {limit.TotalMinutes:0} min: {detail}",
        "Try another offer; or keep such a machine with -KeepOnFailure and look at it.", rig);

    /// <summary>The provider has not yet named the address of a rented machine.</summary>
    /// <param name="rig">The rig's name.</param>
    public static LlmOpsException NoAddress(string rig) => new(
        "RentedRigNoAddress", ErrorKind.ResourceUnavailable, $"The provider has not yet named an address for rig '{rig}'.",
        $"Wait until it is ready: Get-GpuRig '{rig}'", rig);

    /// <summary>The guard could not be armed on a machine, and nothing else would end it.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="inner">Why.</param>
    public static LlmOpsException GuardNotArmed(string rig, LlmOpsException? inner) => new(
        "RigGuardNotArmed", ErrorKind.ResourceUnavailable, $"The guard could not be armed on rig '{rig}', so nothing would end it by itself: {inner?.Message}",
        "Run the command again; or rent with -NoGuard, and see to its end yourself.", rig, inner);

    /// <summary>The provider has not said twice that a machine is gone, although its end was asked for again and again.</summary>
    /// <param name="rig">The rig's or the machine's name.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="console">Where a person ends machines by hand.</param>
    /// <param name="detail">What the provider said last.</param>
    public static LlmOpsException TerminationUnconfirmed(string rig, string provider, Uri? console, string detail) => new(
        "TerminationUnconfirmed", ErrorKind.OperationTimeout, $"{provider} has not confirmed that the machine of '{rig}' is gone, and it may still be billed: {detail}",
        $"Look at {console} and end it there, or try again: Find-GpuOrphan | Remove-GpuRig", rig);

    /// <summary>What was asked for applies only to rented machines.</summary>
    /// <param name="rig">The rig's name.</param>
    public static LlmOpsException NotRented(string rig) => new(
        "RigNotRented", ErrorKind.InvalidOperation, $"Rig '{rig}' was not rented by LlmOps, so its machine can't be stopped, started or extended from here.",
        "Use what its owner offers for it. Get-GpuRig shows which rigs are rented.", rig);

    /// <summary>A limit makes no sense.</summary>
    /// <param name="detail">What is wrong with it.</param>
    /// <param name="action">What to give instead.</param>
    public static LlmOpsException LimitInvalid(string detail, string action) => new("RentalLimitInvalid", ErrorKind.InvalidArgument, detail, action);

    /// <summary>A volume is elsewhere than the machine shall be.</summary>
    /// <param name="volume">The volume's name.</param>
    /// <param name="place">Its place.</param>
    /// <param name="detail">What contradicts it.</param>
    public static LlmOpsException VolumeElsewhere(string volume, string place, string detail) => new(
        "VolumeElsewhere", ErrorKind.InvalidArgument, $"The volume '{volume}' is in {place}, and {detail}.",
        $"Leave -Region out or give -Region '{place}', or take another volume.", volume);

    /// <summary>A volume of that name is not there, and its size was not given, so it can't be made.</summary>
    /// <param name="volume">The volume's name.</param>
    /// <param name="provider">The provider's name.</param>
    public static LlmOpsException VolumeNotFound(string volume, string provider) => new(
        "VolumeNotFound", ErrorKind.ObjectNotFound, $"{provider} has no volume '{volume}'.",
        "Give -VolumeSizeGB to have it made, and -Region where it shall be.", volume);

    /// <summary>A volume is to be made for an offer whose place its provider does not tell.</summary>
    /// <param name="volume">The volume's name.</param>
    /// <param name="offer">The offer.</param>
    public static LlmOpsException VolumePlaceUnknown(string volume, GpuOffer offer) => new(
        "VolumePlaceUnknown", ErrorKind.InvalidArgument, $"{offer.Provider} does not say where {offer} is, so the volume '{volume}' can't be made there.",
        "Give -Region where the volume and the machine shall be.", volume);

    /// <summary>There is no public key beside a private one.</summary>
    /// <param name="path">The private key.</param>
    public static LlmOpsException PublicKeyMissing(string path) => new(
        "PublicKeyMissing", ErrorKind.ObjectNotFound, $"There is no public key '{path}.pub' beside the private key.",
        $"Make it with: ssh-keygen -y -f '{path}' > '{path}.pub'", path);
}
