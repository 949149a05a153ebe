using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LlmOps.State;

namespace LlmOps.Engines;

/// <summary>Finds uv on this machine, or fetches it from its publisher's releases and checks it against the hash published beside it.</summary>
/// <param name="layout">Where things lie.</param>
internal sealed class UvProgram(RigLayout layout)
{
    private const string Name = "uv";
    private const string Releases = "https://github.com/astral-sh/uv/releases/latest/download";
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan FetchLimit = TimeSpan.FromMinutes(5);

    /// <summary>The path of uv, or null if the machine has none.</summary>
    public string? Find()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append(Path.Join(home, ".local", "bin")).Append(Path.Join(home, ".cargo", "bin")).Append(layout.Bin)
            .Select(folder => Path.Join(folder, Name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Fetches uv into the rig's own folder and returns its path. <c>UV_DOWNLOAD_URL</c> names another place that has the release's files.</summary>
    /// <param name="cancel">Ends the fetching.</param>
    /// <exception cref="LlmOpsException"><c>UvUnavailable</c>.</exception>
    public async Task<string> FetchAsync(CancellationToken cancel)
    {
        var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        var place = Environment.GetEnvironmentVariable("UV_DOWNLOAD_URL") is { Length: > 0 } named ? named.TrimEnd('/') : Releases;
        var url = $"{place}/uv-{machine}-unknown-linux-gnu.tar.gz";
        using var http = new HttpClient { Timeout = FetchLimit };
        try
        {
            var archive = await http.GetByteArrayAsync(new Uri(url), cancel).ConfigureAwait(false);
            var published = await http.GetStringAsync(new Uri(url + ".sha256"), cancel).ConfigureAwait(false);
            var hash = Convert.ToHexStringLower(SHA256.HashData(archive));
            if (!published.Split(' ', 2)[0].Trim().Equals(hash, StringComparison.OrdinalIgnoreCase))
                throw EngineErrors.UvUnavailable($"what {url} sent has the SHA-256 {hash}, and {published.Split(' ', 2)[0].Trim()} is published");
            var path = Path.Join(layout.Bin, Name);
            AtomicFile.Write(path, await UnpackAsync(archive, url, cancel).ConfigureAwait(false), Program);
            return path;
        }
        catch (Exception failed) when (failed is HttpRequestException or InvalidDataException or IOException || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw EngineErrors.UvUnavailable($"{url}: {failed.Message}", failed);
        }
    }

    private static async Task<byte[]> UnpackAsync(byte[] archive, string url, CancellationToken cancel)
    {
        using var packed = new MemoryStream(archive);
        var unzipped = new GZipStream(packed, CompressionMode.Decompress);
        await using var closing = unzipped.ConfigureAwait(false);
        var tar = new TarReader(unzipped);
        await using var ending = tar.ConfigureAwait(false);
        while (await tar.GetNextEntryAsync(copyData: false, cancel).ConfigureAwait(false) is { } entry)
        {
            if (Path.GetFileName(entry.Name) != Name || entry.DataStream is not { } data) continue;
            using var program = new MemoryStream();
            await data.CopyToAsync(program, cancel).ConfigureAwait(false);
            return program.ToArray();
        }

        throw EngineErrors.UvUnavailable($"{url} does not hold the program");
    }
}
