using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace LlmOps.Infrastructure;

/// <summary>Keeps SSH.NET and every other third-party library out of the session: only this load context sees them.</summary>
public sealed class DependencyContext : AssemblyLoadContext, IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    // What LlmOps and LlmOps.Core, which the session sees, name themselves.
    private static readonly string[] Entrances = ["LlmOps.Ssh", "K4os.Compression.LZ4"];

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly string Folder = Path.Join(Path.GetDirectoryName(typeof(DependencyContext).Assembly.Location), "dependencies");
    private static readonly DependencyContext Instance = new();

    /// <summary>Called by PowerShell when the module is imported.</summary>
    public DependencyContext()
        : base("LlmOps")
    {
    }

    /// <inheritdoc/>
    public void OnImport() => Default.Resolving += Resolve;

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        Services.Tunnels.CloseAllAsync().Wait(Grace);
        Default.Resolving -= Resolve;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = PathOf(assemblyName);
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private static string PathOf(AssemblyName name) => Path.Join(Folder, name.Name + ".dll");

    // Another module may look for another version of the same library: that is not ours to give.
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        Entrances.Contains(name.Name) && File.Exists(PathOf(name)) && (name.Version is null || AssemblyName.GetAssemblyName(PathOf(name)).Version == name.Version) ? Instance.LoadFromAssemblyName(name) : null;
}
