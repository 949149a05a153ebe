namespace LlmOps.Benchmarks.Downloads;

/// <summary>One way to download a repository.</summary>
internal interface IContestant
{
    string Name { get; }

    /// <summary>Downloads to the end.</summary>
    /// <param name="folder">An empty folder, or one in which an earlier try was ended.</param>
    Usage Download(string folder);

    /// <summary>Downloads until a condition holds and is then killed with SIGKILL.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="until">The condition.</param>
    /// <returns>False if it had ended before.</returns>
    bool DownloadAndKill(string folder, Func<bool> until);
}
