namespace LlmOps.Hub;

/// <summary>Finds out whether a folder that may not exist yet could be written, and leaves nothing behind.</summary>
internal static class WriteProbe
{
    /// <exception cref="LlmOpsException"><c>ModelFolderNotWritable</c>.</exception>
    public static void Try(string folder)
    {
        var existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        try
        {
            using var probe = new FileStream(Path.Join(existing, $".llmops-{Guid.NewGuid():N}"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw HubErrors.FolderNotWritable(folder, refused);
        }
    }
}
