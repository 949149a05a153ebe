using LlmOps.Hub;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the model, and the engine where it is not installed yet, have room on their volumes.</summary>
internal sealed class DiskCheck : IRigCheck
{
    private const long CompileCache = 1L << 30; // what vLLM, Triton and torch.compile write while they run
    private const long Comfortable = 10L << 30;

    public string Name => "Disk";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var folder = survey.Hub.CacheFolder;
        var (models, evidence) = await VolumeSpace.OfAsync(survey, folder, cancel).ConfigureAwait(false);
        var (root, rootEvidence) = await VolumeSpace.OfAsync(survey, survey.Layout.Root, cancel).ConfigureAwait(false);
        evidence = $"{evidence}\n{rootEvidence}\nmodel {survey.Wish.Model}: {survey.Wish.ModelBytes} bytes, to fetch {survey.Wish.MissingBytes} bytes";
        if (models is null || root is null) return null;
        const string remedy = "See what takes the room: Invoke-GpuRigCommand RIG 'df -h; du -xsh ~/.cache ~/.llmops'. Remove models with Remove-HfModel, or set HF_HOME to a larger volume.";
        var needed = survey.Wish.MissingBytes ?? 0;
        if (models.Free < needed)
            return Finding.Fail($"{survey.Wish.Model} needs {ByteText.Of(needed)} more and {ByteText.Of(models.Free)} are free at {folder}.", evidence, remedy);
        if (models.Free < CompileCache || root.Free < CompileCache)
            return Finding.Fail($"{ByteText.Of(models.Free)} are free at {folder}, {ByteText.Of(root.Free)} at {survey.Layout.Root}: an engine writes about as much while it runs.", evidence, remedy);
        return models.Free - needed < Comfortable || root.Free < Comfortable
            ? Finding.Warn($"{ByteText.Of(models.Free)} are free at {folder}, {ByteText.Of(root.Free)} at {survey.Layout.Root}.", evidence, remedy)
            : Finding.Pass($"{ByteText.Of(models.Free)} are free at {folder}.", evidence);
    }
}
