using System.Collections.Concurrent;
using System.Management.Automation;
using System.Text;

namespace LlmOps.Tests.Scenarios;

/// <summary>Secrets that are made to be looked for: in any text or file, as they are, in UTF-16, in hexadecimal and in base64.</summary>
internal sealed class Canaries
{
    private const int LargestFile = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, IReadOnlyList<byte[]>> _shapes = new();

    /// <summary>How many files were read, and how many bytes.</summary>
    public (int Files, long Bytes) Searched { get; private set; }

    /// <summary>Makes a secret.</summary>
    /// <param name="name">What it is, for reports.</param>
    /// <param name="prefix">What it has to begin with.</param>
    public string Make(string name, string prefix = "")
    {
        var secret = $"{prefix}{Guid.NewGuid():N}{Guid.NewGuid():N}";
        _shapes[name] = [.. Shapes(secret).Distinct().Select(Encoding.Latin1.GetBytes)];
        return secret;
    }

    /// <summary>The names of the secrets that a text holds.</summary>
    public IReadOnlyList<string> In(string text) => In(Encoding.UTF8.GetBytes(text));

    /// <summary>Where in a folder secrets lie, as <c>file: name</c>. Files over 16 MiB (programs and weights) are left out.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="since">Leaves out files that have not been written since then.</param>
    public IReadOnlyList<string> InFolder(string folder, DateTime since = default)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var found = new List<string>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options))
        {
            try
            {
                if (file.LastWriteTimeUtc < since || file.Length is 0 or > LargestFile) continue; // pipes and sockets have no length
                var content = File.ReadAllBytes(file.FullName);
                Searched = (Searched.Files + 1, Searched.Bytes + content.Length);
                found.AddRange(In(content).Concat(In(file.FullName)).Select(name => $"{file.FullName}: {name}"));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
            }
        }

        return found;
    }

    /// <summary>What of a script's result shows secrets: its objects as text and serialised, its errors with their exceptions, and all other streams.</summary>
    public IReadOnlyList<string> In(SessionResult result)
    {
        var parts = new List<(string Place, string Text)>();
        foreach (var item in result.Output.Concat(result.Errors.Select(error => new PSObject(error)))) parts.Add(($"object {item.BaseObject.GetType().Name}", $"{item}\n{PSSerializer.Serialize(item, 6)}"));
        foreach (var error in result.Errors) parts.Add(($"error {error.FullyQualifiedErrorId}", $"{error}\n{error.Exception}\n{error.ErrorDetails?.Message}\n{error.ErrorDetails?.RecommendedAction}\n{error.TargetObject}\n{error.ScriptStackTrace}\n{error.InvocationInfo?.Line}"));
        parts.AddRange(result.Verbose.Select(line => ("verbose", line)));
        parts.AddRange(result.Debug.Select(line => ("debug", line)));
        parts.AddRange(result.Warnings.Select(line => ("warning", line)));
        parts.AddRange(result.Information.Select(record => ("information", $"{record.MessageData} {record.Source}")));
        parts.AddRange(result.Progress.Select(record => ("progress", $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}")));
        return [.. parts.SelectMany(part => In(part.Text).Select(name => $"{part.Place}: {name}"))];
    }

    private List<string> In(byte[] content) => [.. _shapes.Where(secret => secret.Value.Any(shape => content.AsSpan().IndexOf(shape) >= 0)).Select(secret => secret.Key)];

    private static IEnumerable<string> Shapes(string secret)
    {
        byte[][] encoded = [Encoding.UTF8.GetBytes(secret), Encoding.Unicode.GetBytes(secret)];
        foreach (var bytes in encoded)
        {
            yield return Encoding.Latin1.GetString(bytes);
            yield return Convert.ToHexString(bytes);
            yield return Convert.ToHexStringLower(bytes);
            for (var shift = 0; shift < 3; shift++) // wherever it begins in what was encoded; without the ends, which mix with their neighbours
                yield return Convert.ToBase64String([.. new byte[shift], .. bytes])[4..^4];
        }
    }
}
