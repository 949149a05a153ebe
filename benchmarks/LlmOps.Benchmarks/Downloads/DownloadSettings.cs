namespace LlmOps.Benchmarks.Downloads;

/// <summary>What of the download benchmark is run, and how large.</summary>
/// <param name="Scenarios">Which: <c>limited</c>, <c>unlimited</c>, <c>small</c>, <c>kill</c>, <c>moments</c>, <c>kills</c>.</param>
/// <param name="Contestants">Whose: <c>ours</c>, <c>hf</c>, <c>aria2c</c>, <c>curl</c>.</param>
/// <param name="Rounds">How often each contestant downloads.</param>
/// <param name="Size">The large file's size in bytes.</param>
/// <param name="ConnectionRate">Bytes per second and connection where they are limited; 0 is no limit.</param>
/// <param name="Kills">How many downloads <c>moments</c> kills, and how often <c>kills</c> kills one.</param>
/// <param name="Folder">Where the files go; null is the system's folder for temporary ones.</param>
/// <param name="Results">A file that keeps the rounds, so that those of several runs count together; null keeps none.</param>
internal sealed record DownloadSettings(
    IReadOnlyList<string> Scenarios, IReadOnlyList<string> Contestants, int Rounds, long Size, long ConnectionRate, int Kills, string? Folder, string? Results)
{
    private const long Million = 1_000_000;

    public static DownloadSettings From(Options options) => new(
        options.List("--scenarios", "limited,unlimited,small,kill"), options.List("--contestants", "ours,hf,aria2c,curl"), options.Number("--rounds", 5),
        options.Number("--megabytes", 4000) * Million, options.Number("--rate", 40) * Million, options.Number("--kills", 50), options.Text("--folder"), options.Text("--results"));
}
