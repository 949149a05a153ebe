using LlmOps.Rigs;

namespace LlmOps.Core.Tests.Rigs;

public sealed class AgentCatalogTests
{
    [Fact]
    public void ANativeBuildComesBeforeThePortableOne()
    {
        using var folder = new TemporaryFolder();
        string[] platforms = ["linux-arm64", "linux-x64", "linux-x64-glibc2.34"];
        foreach (var platform in platforms) File.WriteAllText(Path.Join(Directory.CreateDirectory(folder[platform]).FullName, "llmops-agent"), platform);

        Assert.Equal(["linux-x64-glibc2.34", "linux-x64", "linux-arm64"], new AgentCatalog(folder.Path).Binaries.Select(agent => agent.Platform));
    }
}
