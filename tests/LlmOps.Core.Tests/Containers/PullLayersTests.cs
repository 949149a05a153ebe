using LlmOps.Containers;

namespace LlmOps.Core.Tests.Containers;

public sealed class PullLayersTests
{
    [Fact]
    public void Layers_are_counted_in_what_docker_pull_writes()
    {
        var last = Read("main-slim: Pulling from open-webui/open-webui", "8a628cdd7ccc: Pulling fs layer", "0d70a1a8f5ce: Pulling fs layer", "5b5fe70539cd: Already exists", "8a628cdd7ccc: Verifying Checksum",
            "8a628cdd7ccc: Download complete", "8a628cdd7ccc: Pull complete", "Digest: sha256:0123");
        Assert.Equal((2, 3), (last.Done, last.Known));
    }

    [Fact]
    public void Layers_are_counted_in_what_podman_pull_writes()
    {
        var last = Read("Trying to pull ghcr.io/open-webui/open-webui:main-slim...", "Getting image source signatures", "Copying blob sha256:8a628cdd", "Copying blob 0d70a1a8 done   | ", "Copying blob sha256:5b5fe705 skipped: already exists");
        Assert.Equal((2, 3), (last.Done, last.Known));
        Assert.Equal((2, 2), Count(Read("Copying blob sha256:8a628cdd", "Copying blob sha256:0d70a1a8", "Copying config sha256:77")));
    }

    private static (int, int) Count(PullProgress progress) => (progress.Done, progress.Known);

    private static PullProgress Read(params string[] lines)
    {
        var layers = new PullLayers();
        return lines.Select(layers.Read).ToList()[^1]; // Last() alone reads only the last line
    }
}
