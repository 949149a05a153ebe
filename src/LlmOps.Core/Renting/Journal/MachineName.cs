using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>
/// The name of a machine at its provider, <c>llmops-OWNER-RENTAL</c>: by it alone a machine is found again whose answer was lost, and it says whose it is.
/// Both parts are eight characters of <c>0-9a-f</c>. The owner is this workstation's, made once and kept in <c>owner</c>; <c>LLMOPS_OWNER</c> names another.
/// </summary>
/// <param name="Owner">Who rents.</param>
/// <param name="Rental">What is rented.</param>
public sealed partial record MachineName(string Owner, string Rental)
{
    /// <summary>A name that was never used.</summary>
    /// <param name="owner">Who rents.</param>
    public static MachineName New(string owner) => new(owner, Eight());

    /// <summary>Reads a name; null if it is none of LlmOps'.</summary>
    /// <param name="text">The text.</param>
    public static MachineName? Parse(string text) =>
        Pattern().Match(text) is { Success: true } match ? new MachineName(match.Groups["owner"].Value, match.Groups["rental"].Value) : null;

    /// <summary>The owner that this workstation's machines are rented for.</summary>
    /// <param name="home">Where it is kept.</param>
    /// <exception cref="LlmOpsException"><c>OwnerInvalid</c>.</exception>
    public static string OwnerOf(LlmOpsHome home)
    {
        if (Environment.GetEnvironmentVariable("LLMOPS_OWNER") is { Length: > 0 } named)
            return IsEight().IsMatch(named) ? named : throw RentalErrors.OwnerInvalid(named);
        if (Read(home.Owner) is { } kept) return kept;
        Directory.CreateDirectory(home.Folder);
        try
        {
            using var file = new FileStream(home.Owner, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Eight()));
        }
        catch (IOException) when (File.Exists(home.Owner))
        {
            // Another process was first, and may still be writing.
        }

        for (var tries = 0; tries < 200; tries++)
        {
            if (Read(home.Owner) is { } made) return made;
            Thread.Sleep(5);
        }

        throw RentalErrors.OwnerInvalid(home.Owner);
    }

    /// <summary>The name.</summary>
    public override string ToString() => $"llmops-{Owner}-{Rental}";

    private static string Eight() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is var text && IsEight().IsMatch(text) ? text : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^llmops-(?<owner>[0-9a-f]{8})-(?<rental>[0-9a-f]{8})\z")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[0-9a-f]{8}\z")]
    private static partial Regex IsEight();
}
