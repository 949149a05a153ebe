using LlmOps.Hub;

namespace LlmOps;

/// <summary>The failures of copying models from machine to machine.</summary>
public static class CopyErrors
{
    /// <summary>The source's cache has not the model, or not that revision.</summary>
    /// <param name="id">The model.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="cache">The cache.</param>
    public static LlmOpsException SourceLacksModel(string id, string revision, string cache) => new(
        "CopySourceLacksModel", ErrorKind.ObjectNotFound, $"'{id}' at '{revision}' is not in the cache {cache}.",
        $"Put it there first with Get-HfModel {id}, or say with -From where it is.", id);

    /// <summary>What arrived is not what the source's cache says it is.</summary>
    /// <param name="file">The file.</param>
    public static LlmOpsException Damaged(HubFile file) => new(
        "CopyDamaged", ErrorKind.InvalidResult, $"'{file.Path}' arrived, and its content does not have the hash {file.ETag}: the source's copy is damaged. Nothing of it was kept.",
        "Mend the source's copy (Test-HfModel -Repair where there is a network), then run the command again.", file.Path);

    /// <summary>Source and target are the same machine.</summary>
    /// <param name="place">The machine.</param>
    public static LlmOpsException SamePlace(string place) => new(
        "CopyPlacesSame", ErrorKind.InvalidArgument, $"{place} is both the source and the target.", "Give -From RIG, -To RIG, or two different rigs; what is not given is this machine.", place);
}
