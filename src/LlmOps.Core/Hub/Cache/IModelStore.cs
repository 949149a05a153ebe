namespace LlmOps.Hub;

/// <summary>Where the files of a repository are kept: the shared cache, or a folder of the user's.</summary>
internal interface IModelStore
{
    /// <summary>The folder that everything is written below.</summary>
    string Folder { get; }

    /// <summary>The folder to give to whoever loads the model.</summary>
    string FolderOf(string commit);

    /// <summary>The commit that a revision last meant here, or null.</summary>
    string? ReadRevision(string revision);

    /// <summary>The list of files of a commit as it was kept, or null.</summary>
    IReadOnlyList<HubFile>? ReadTree(string commit);

    /// <summary>Whether a file is here.</summary>
    FilePresence Find(string commit, HubFile file);

    /// <summary>The file to lock while this one is fetched.</summary>
    string LockPath(HubFile file);

    /// <summary>Where this file's bytes arrive.</summary>
    string PartialPath(HubFile file);

    /// <summary>Where it is kept which of them have arrived.</summary>
    string StatePath(HubFile file);

    /// <summary>Puts a file in its place whose bytes have arrived and were verified.</summary>
    void Install(string commit, HubFile file, string verified);

    /// <summary>Makes a file that is here already part of the commit.</summary>
    void Adopt(string commit, HubFile file);

    /// <summary>Prepares the folder.</summary>
    void Begin();

    /// <summary>Keeps what the revision means, and the list of files.</summary>
    void End(string revision, string commit, IReadOnlyList<HubFile> tree);
}
