using System.Text;

namespace LlmOps.Ssh.OpenSsh;

/// <summary>A known_hosts file.</summary>
/// <param name="path">Where it is.</param>
internal sealed class KnownHostsFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Its entries; none if there is no such file.</summary>
    /// <exception cref="LlmOpsException"><c>KnownHostsUnreadable</c>.</exception>
    public IReadOnlyList<KnownHostsEntry> Read()
    {
        try
        {
            return File.Exists(path)
                ? [.. File.ReadLines(path).Select((line, index) => KnownHostsEntry.Parse(line, path, index + 1)).OfType<KnownHostsEntry>()]
                : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw SshErrors.KnownHostsUnreadable(path, unreadable);
        }
    }

    /// <summary>Adds a key in one write, so that two processes can't mix their lines; only the owner may read and write the file.</summary>
    public void Add(string host, HostKey key)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        var unfinished = EndsInsideLine();
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes($"{(unfinished ? "\n" : "")}{host} {key.Type} {Convert.ToBase64String(key.Blob)}\n"));
        file.Flush(flushToDisk: true);
    }

    private bool EndsInsideLine()
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }
}
