using System.Reflection;

namespace LlmOps.Build;

/// <summary>Makes the module: the assemblies, the programs for the rigs, the help.</summary>
internal static class ModuleBuild
{
    private static readonly string[] RigPlatforms = ["linux-x64", "linux-arm64"];

    /// <param name="isQuick">True for an engineer's next try: programs for this machine alone, made in seconds. What is shipped is made without.</param>
    public static void Run(bool isQuick = false)
    {
        Step.Incremental("cmdlets", new ContentStamp("cmdlets", "src/LlmOps", "src/LlmOps.Core", "src/LlmOps.Ssh"), Path.Join(Checkout.ModuleBin, "LlmOps.dll"), PublishAssemblies);
        if (isQuick)
        {
            NativeAgent.Remove();
            PublishProgram("Agent", Checkout.HostPlatform, isQuick);
        }
        else
        {
            foreach (var platform in RigPlatforms.Append(Checkout.HostPlatform).Distinct()) PublishProgram("Agent", platform, isQuick);
            NativeAgent.Build();
        }

        PublishProgram("Simulator", Checkout.HostPlatform, isQuick);
        Step.Incremental("help", new ContentStamp("help", "src/LlmOps", "src/LlmOps.Core", "src/LlmOps.Help", "module/en-US"), Checkout.PathOf("en-US", "LlmOps.dll-Help.xml"), WriteHelp);
    }

    // What LlmOps.Ssh needs follows LlmOps into its publish folder, and must not be in the session's own load context.
    private static void PublishAssemblies()
    {
        var dependencies = Path.Join(Checkout.ModuleBin, "dependencies");
        var temporary = Path.Join(Checkout.Out, "publish", "cmdlets");
        if (Directory.Exists(dependencies)) Directory.Delete(dependencies, recursive: true);
        Publish("LlmOps.Ssh", dependencies);
        Publish("LlmOps", temporary);
        foreach (var name in new[] { "LlmOps", "LlmOps.Core" })
        {
            File.Delete(Path.Join(dependencies, name + ".dll"));
            foreach (var extension in new[] { ".dll", ".xml" }) File.Copy(Path.Join(temporary, name + extension), Path.Join(Checkout.ModuleBin, name + extension), overwrite: true);
        }

        Directory.Delete(temporary, recursive: true);
    }

    private static void PublishProgram(string name, string platform, bool isQuick)
    {
        var program = "llmops-" + name.ToLowerInvariant();
        var folder = Path.Join(Checkout.ModuleBin, name.ToLowerInvariant(), platform);
        var file = Path.Join(folder, platform.StartsWith("win", StringComparison.Ordinal) ? program + ".exe" : program);
        // Both kinds go to one place: the stamp of one is worth nothing once the other was made.
        var (made, other) = isQuick ? ("-quick", "") : ("", "-quick");
        Step.Incremental($"{name.ToLowerInvariant()} {platform}{made.Replace('-', ' ')}", new ContentStamp($"{program}-{platform}{made}", "src/LlmOps.Core", "src/LlmOps." + name), file, () =>
        {
            ContentStamp.Forget($"{program}-{platform}{other}");
            var temporary = Path.Join(Checkout.Out, "publish", $"{program}-{platform}");
            string[] options = isQuick ? ["-p:PublishTrimmed=false", "-p:PublishReadyToRun=false"] : [];
            Publish("LlmOps." + name, temporary, ["-r", platform, .. options]);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            File.Move(Path.Join(temporary, Path.GetFileName(file)), file);
            Directory.Delete(temporary, recursive: true);
        });
    }

    internal static void Publish(string project, string folder, params string[] options) =>
        Command.Quietly(Command.Dotnet, ["publish", Checkout.PathOf("src", project), "-c", "Release", "-o", folder, "-v", "quiet", "-nologo", .. options]);

    private static void WriteHelp()
    {
        var pages = Help.HelpFile.Read(Assembly.LoadFrom(Path.Join(Checkout.ModuleBin, "LlmOps.dll")));
        var problems = pages.SelectMany(page => page.Problems()).ToList();
        if (problems.Count > 0) throw new BuildFailure("The XML documentation of the cmdlets, which is their help, has gaps:\n" + string.Join('\n', problems));
        var folder = Checkout.PathOf("en-US");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        Help.HelpFile.ToMaml(pages, "about_LlmOps").Save(Path.Join(folder, "LlmOps.dll-Help.xml"));
        foreach (var topic in Directory.EnumerateFiles(Checkout.PathOf("module", "en-US"))) File.Copy(topic, Path.Join(folder, Path.GetFileName(topic)));
    }
}
