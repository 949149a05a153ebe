using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests.Tunnels;

/// <summary>A test that needs a network namespace of its own, and is skipped where the user may not make one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithNamespacesAttribute : FactAttribute
{
    private static readonly Lazy<string?> WhyNot = new(static () =>
    {
        if (!OperatingSystem.IsLinux()) return "Network namespaces are Linux's.";
        var name = $"tunnelprobe{Environment.ProcessId}";
        try
        {
            SshdFixture.Run("ip", "netns", "add", name);
            try
            {
                SshdFixture.Run("ip", "-n", name, "link", "add", "probe0", "type", "veth", "peer", "name", "probe1");
            }
            finally
            {
                SshdFixture.Run("ip", "netns", "del", name);
            }

            return null;
        }
        catch (Exception unable) when (unable is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"This user can't make network namespaces: {unable.Message.Trim()}";
        }
    });

    public FactWithNamespacesAttribute() => Skip = WhyNot.Value!;
}
