namespace LlmOps.Hub.Copying;

/// <summary>What is to be copied from one cache to another.</summary>
/// <param name="RepoType">The kind of the repository.</param>
/// <param name="Id">Its id on the Hub.</param>
/// <param name="Revision">A branch, a tag or a commit that the source's cache knows.</param>
public sealed record CopyRequest(HubRepoType RepoType, string Id, string Revision);

/// <summary>What the source has of it.</summary>
/// <param name="Commit">The commit that the revision means there.</param>
/// <param name="Files">The files that are there whole.</param>
/// <param name="Tree">The commit's list of files; null where the source has not kept it.</param>
/// <param name="Agent">The path of the agent there; null on this machine.</param>
public sealed record CopyListing(string Commit, IReadOnlyList<HubFile> Files, IReadOnlyList<HubFile>? Tree, string? Agent);

/// <summary>A copy as its target sees it.</summary>
/// <param name="Request">What is to be copied.</param>
/// <param name="Listing">What the source has of it.</param>
public sealed record CopyWish(CopyRequest Request, CopyListing Listing);

/// <summary>What a copy would do.</summary>
/// <param name="Path">The snapshot that it makes.</param>
/// <param name="Missing">The files that the target has not.</param>
/// <param name="MissingSize">How many bytes are to be sent.</param>
/// <param name="Free">How many bytes are free on the target's volume; null where the system does not say.</param>
/// <param name="Agent">The path of the agent there; null on this machine.</param>
public sealed record CopyPlan(string Path, IReadOnlyList<HubFile> Missing, long MissingSize, long? Free, string? Agent);

/// <summary>One file on its way, or the rest of one.</summary>
/// <param name="Request">What it belongs to.</param>
/// <param name="Commit">The commit.</param>
/// <param name="File">The file.</param>
/// <param name="Offset">Where in it to begin, for the side that sends.</param>
public sealed record CopyItem(CopyRequest Request, string Commit, HubFile File, long Offset);
