using System.Globalization;
using System.Runtime.InteropServices;
using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.State;

namespace LlmOps.Rigs.Facts;

/// <summary>Reads the facts of the machine that it runs on. Nothing that fails stops the rest: each missing fact is a note.</summary>
/// <param name="time">The clock.</param>
public sealed class RigFactsCollector(TimeProvider time)
{
    private readonly ToolFacts _tools = new(time);
    private readonly GpuInventoryReader _gpus = new(time);

    /// <summary>Reads all facts.</summary>
    /// <param name="hub">Where models come from and are kept.</param>
    /// <param name="root">The folder that LlmOps keeps here.</param>
    /// <param name="cancel">Ends it, and the programs that it asks.</param>
    public async Task<RigReport> ReadAsync(HubEnvironment hub, RigLayout root, CancellationToken cancel)
    {
        var notes = new FactNotes();
        var toolsRun = _tools.ReadAsync(notes, cancel);
        var gpus = await ReadGpusAsync(notes, cancel).ConfigureAwait(false);
        var tools = await toolsRun.ConfigureAwait(false);
        var memory = SystemMemory.Read();
        return new RigReport
        {
            OperatingSystem = notes.Text("The operating system", () => SystemFacts.OsRelease(File.ReadLines("/etc/os-release"), "PRETTY_NAME")),
            Kernel = notes.Text("The kernel", () => Read("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.Version.ToString()),
            Architecture = RuntimeInformation.OSArchitecture.ToString().ToLower(CultureInfo.InvariantCulture),
            Glibc = notes.Text("The C library", SystemFacts.Glibc),
            Virtualization = SystemFacts.Virtualization(Path.Exists, Read),
            DriverVersion = gpus.DriverVersion,
            CudaVersion = gpus.CudaVersion,
            Gpus = gpus.Gpus,
            Cpu = notes.Text("The processor's name", () => SystemFacts.CpuName(File.ReadLines("/proc/cpuinfo"))),
            CpuCount = Environment.ProcessorCount,
            MemoryTotal = notes.Value("The memory's size", () => memory.Total),
            MemoryAvailable = notes.Value("The available memory", () => memory.Available),
            MemoryLimit = SystemFacts.MemoryLimit(Read("/sys/fs/cgroup/memory.max") ?? Read("/sys/fs/cgroup/memory/memory.limit_in_bytes")),
            SharedMemory = notes.Value("The size of /dev/shm", () => Directory.Exists("/dev/shm") ? DiskSpace.Total("/dev/shm") : null),
            ModelFolder = hub.CacheFolder,
            ModelDiskFree = notes.Value("The free space for models", () => DiskSpace.Free(hub.CacheFolder)),
            ModelDiskTotal = notes.Value("The size of the models' volume", () => DiskSpace.Total(hub.CacheFolder)),
            RootFolder = root.Root,
            RootDiskFree = notes.Value("The free space for LlmOps", () => DiskSpace.Free(root.Root)),
            OpenFileLimit = notes.Value("The limit of open files", () => SystemFacts.OpenFileLimit(File.ReadLines("/proc/self/limits"))),
            Tools = tools,
            HubEndpoint = notes.Text("The Hub's address", () => hub.Endpoint.AbsoluteUri.TrimEnd('/')),
            Timestamp = time.GetUtcNow(),
            Notes = notes.All,
        };
    }

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<GpuInventory> ReadGpusAsync(FactNotes notes, CancellationToken cancel)
    {
        try
        {
            return await _gpus.ReadAsync(GpuSampler.DefaultLimit, cancel).ConfigureAwait(false);
        }
        catch (LlmOpsException failure)
        {
            notes.Add(failure.Message);
            return new GpuInventory(null, null, []);
        }
    }
}
