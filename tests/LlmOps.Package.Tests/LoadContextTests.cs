using System.Reflection;
using System.Runtime.Loader;

namespace LlmOps.Package.Tests;

/// <summary>The module's libraries and those of the session stay out of each other's way.</summary>
public sealed class LoadContextTests
{
    [Fact]
    public void The_SSH_assembly_and_its_library_are_in_a_context_of_their_own()
    {
        using var runspace = BuiltModule.Open();
        var ssh = Assembly.Load("LlmOps.Ssh");
        var context = AssemblyLoadContext.GetLoadContext(ssh)!;
        Assert.NotSame(AssemblyLoadContext.Default, context);
        Assert.Equal("LlmOps", context.Name);
        var library = context.LoadFromAssemblyName(new AssemblyName("Renci.SshNet"));
        Assert.Same(context, AssemblyLoadContext.GetLoadContext(library));
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(context.LoadFromAssemblyName(new AssemblyName("LlmOps.Core"))));
    }

    [Fact]
    public void Another_copy_of_the_library_in_the_session_does_not_matter()
    {
        // A module with an older SSH.NET loads it into the default context; here a stand-in of that name and an older version.
        var name = new AssemblyName("Renci.SshNet") { Version = new Version(2020, 0, 0, 0) };
        AssemblyLoadContext.Default.Resolving += Older;
        try
        {
            var older = Assembly.Load(name);
            using var runspace = BuiltModule.Open();
            var context = AssemblyLoadContext.GetLoadContext(Assembly.Load("LlmOps.Ssh"))!;
            var ours = context.LoadFromAssemblyName(new AssemblyName("Renci.SshNet"));
            Assert.NotSame(older, ours);
            Assert.True(ours.GetName().Version > older.GetName().Version);
        }
        finally
        {
            AssemblyLoadContext.Default.Resolving -= Older;
        }

        Assembly? Older(AssemblyLoadContext context, AssemblyName wanted)
        {
            if (wanted.Name != name.Name) return null;
            var built = new System.Reflection.Emit.PersistedAssemblyBuilder(name, typeof(object).Assembly);
            built.DefineDynamicModule(name.Name!);
            using var image = new MemoryStream();
            built.Save(image);
            image.Position = 0;
            return context.LoadFromStream(image);
        }
    }

    [Fact]
    public void Nothing_of_third_parties_lies_beside_the_cmdlets()
    {
        var files = Directory.EnumerateFiles(Path.Join(Path.GetDirectoryName(BuiltModule.Manifest), "module", "bin"), "*.dll").Select(Path.GetFileName);
        Assert.Equal(["LlmOps.Core.dll", "LlmOps.dll"], files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_types_can_be_written_as_literals()
    {
        using var runspace = BuiltModule.Open();
        Assert.Equal(["GpuRig", "HfModel", "LlmServer"], BuiltModule.Run(runspace, "[LlmOps.Rigs.GpuRig].Name; [LlmOps.Hub.HfModel].Name; [LlmOps.Engines.LlmServer].Name").Select(name => name.ToString()));
    }
}
