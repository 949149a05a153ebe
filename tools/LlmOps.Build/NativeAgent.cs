using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmOps.Build;

/// <summary>
/// Makes the agent as native code where this machine can link it: a fifth of the portable one's size, and it starts at once. It needs the C
/// library that it was linked against or a later one, so the folder's name says which; older rigs get the portable one.
/// </summary>
internal static partial class NativeAgent
{
    public static void Build()
    {
        var agents = Path.Join(Checkout.ModuleBin, "agent");
        var made = Directory.EnumerateDirectories(agents, Checkout.HostPlatform + "-glibc*").FirstOrDefault();
        Step.Incremental(
            $"agent {Checkout.HostPlatform}, native",
            new ContentStamp("llmops-agent-native", "src/LlmOps.Core", "src/LlmOps.Agent", "tools/LlmOps.Build"),
            made ?? Path.Join(agents, Checkout.HostPlatform + "-glibc"),
            () => Publish(agents));
    }

    /// <summary>Removes an older one, so that it is not preferred to a newer portable agent.</summary>
    public static void Remove()
    {
        var agents = Path.Join(Checkout.ModuleBin, "agent");
        if (!Directory.Exists(agents)) return;
        foreach (var old in Directory.EnumerateDirectories(agents, Checkout.HostPlatform + "-glibc*")) Directory.Delete(old, recursive: true);
    }

    private static string Publish(string agents)
    {
        Remove();
        if (!OperatingSystem.IsLinux()) return "skipped: made on Linux only";
        if ((Command.Find("clang") ?? Command.Find("gcc")) is null) return "skipped: there is no C linker here; the portable agent serves";
        var temporary = Path.Join(Checkout.Out, "publish", "llmops-agent-native");
        try
        {
            ModuleBuild.Publish("LlmOps.Agent", temporary, "-r", Checkout.HostPlatform, "-p:PublishAot=true", "-p:PublishSingleFile=false", "-p:PublishReadyToRun=false");
        }
        catch (BuildFailure failure)
        {
            return $"skipped: {failure.Message.Split('\n').Last()}";
        }

        var program = Path.Join(temporary, "llmops-agent");
        var library = GlibcVersions().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(program))).Max(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        var folder = Directory.CreateDirectory(Path.Join(agents, $"{Checkout.HostPlatform}-glibc2.{library.ToString(CultureInfo.InvariantCulture)}")).FullName;
        File.Move(program, Path.Join(folder, "llmops-agent"));
        Directory.Delete(temporary, recursive: true);
        return "";
    }

    [GeneratedRegex(@"GLIBC_2\.(\d{1,3})\0")]
    private static partial Regex GlibcVersions();
}
