using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmOps.Rigs.Simulation;
using LlmOps.State;

namespace LlmOps.Providers.Simulated;

/// <summary>
/// The folder that is an account of the simulated provider: one file a machine, which stays when the machine is ended, one a volume, and the machines'
/// own folders. While a file <c>down</c> lies in it, the provider does not answer.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class SimulatedAccount(string path)
{
    /// <summary>The folder itself.</summary>
    public string Folder => path;

    /// <summary>The file that makes the provider unreachable while it is there.</summary>
    public string DownFile => Path.Join(path, "down");

    private string Machines => Path.Join(path, "machines");

    private string Volumes => Path.Join(path, "volumes");

    /// <summary>The folder that is a machine.</summary>
    /// <param name="id">Its id.</param>
    public SimulatedRigFolder RigOf(string id) => new(Path.Join(path, "rigs", Path.GetFileName(id)));

    /// <summary>Where the content of a volume lies.</summary>
    /// <param name="id">Its id.</param>
    public string ContentOf(string id) => Path.Join(Volumes, Path.GetFileName(id));

    /// <summary>All machines, also those that are ended, oldest first.</summary>
    public IReadOnlyList<SimulatedMachineRecord> ReadMachines() => [.. ReadAll(Machines, SimulatedAccountJson.Default.SimulatedMachineRecord).OrderBy(machine => machine.CreatedAt)];

    /// <summary>A machine, or null.</summary>
    /// <param name="id">Its id.</param>
    public SimulatedMachineRecord? Find(string id) => Read(FileOf(Machines, id), SimulatedAccountJson.Default.SimulatedMachineRecord);

    /// <summary>Keeps a machine.</summary>
    /// <param name="machine">The machine.</param>
    public void Write(SimulatedMachineRecord machine) =>
        AtomicFile.Write(FileOf(Machines, machine.Id), JsonSerializer.SerializeToUtf8Bytes(machine, SimulatedAccountJson.Default.SimulatedMachineRecord));

    /// <summary>All volumes.</summary>
    public IReadOnlyList<GpuVolume> ReadVolumes() => ReadAll(Volumes, SimulatedAccountJson.Default.GpuVolume);

    /// <summary>Keeps a volume.</summary>
    /// <param name="volume">The volume.</param>
    public void Write(GpuVolume volume)
    {
        Directory.CreateDirectory(ContentOf(volume.Id));
        AtomicFile.Write(FileOf(Volumes, volume.Id), JsonSerializer.SerializeToUtf8Bytes(volume, SimulatedAccountJson.Default.GpuVolume));
    }

    /// <summary>Deletes a volume and what is on it; true if it was there.</summary>
    /// <param name="id">Its id.</param>
    public bool DeleteVolume(string id)
    {
        var file = FileOf(Volumes, id);
        if (!File.Exists(file)) return false;
        File.Delete(file);
        if (Directory.Exists(ContentOf(id))) Directory.Delete(ContentOf(id), recursive: true);
        return true;
    }

    private static string FileOf(string folder, string id) => Path.Join(folder, Path.GetFileName(id) + ".json");

    private static List<T> ReadAll<T>(string folder, JsonTypeInfo<T> type)
        where T : class => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Select(file => Read(file, type)).OfType<T>()] : [];

    private static T? Read<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }
}
