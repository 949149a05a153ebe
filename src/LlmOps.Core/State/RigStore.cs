using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.Renting;
using LlmOps.Rigs;

namespace LlmOps.State;

/// <summary>The connection profiles on this workstation: one readable JSON file a rig, safe with several processes at once.</summary>
/// <param name="home">Where they are kept.</param>
public sealed class RigStore(LlmOpsHome home)
{
    /// <summary>All rigs, by name. A file that another process is just removing, or that is no profile, is left out.</summary>
    public IReadOnlyList<GpuRig> List() =>
        Directory.Exists(home.Rigs)
            ? [.. Directory.EnumerateFiles(home.Rigs, "*.json").Select(Read).OfType<GpuRig>().OrderBy(rig => rig.Name, StringComparer.OrdinalIgnoreCase)]
            : [];

    /// <summary>The rig of that name, in any case, or null.</summary>
    /// <param name="name">The name.</param>
    public GpuRig? Find(string name) => Read(PathOf(name)) ?? List().FirstOrDefault(rig => rig.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The rig of a rental, or null: another one may have its name by now.</summary>
    /// <param name="rental">The rental.</param>
    public GpuRig? Find(Rental rental)
    {
        ArgumentNullException.ThrowIfNull(rental);
        return Find(rental.Terms.RigName) is { } rig && rig.Rental?.Id == rental.Id ? rig : null;
    }

    /// <summary>Keeps a new rig.</summary>
    /// <param name="rig">The rig.</param>
    /// <exception cref="LlmOpsException"><c>RigExists</c>.</exception>
    public void Add(GpuRig rig)
    {
        RigName.Validate(rig.Name);
        Directory.CreateDirectory(home.Rigs);
        if (Find(rig.Name) is not null) throw RigErrors.Exists(rig.Name);
        Save(rig);
    }

    /// <summary>Writes what is now known of a rig.</summary>
    /// <param name="rig">The rig.</param>
    public void Save(GpuRig rig) => AtomicFile.Write(PathOf(rig.Name), JsonSerializer.SerializeToUtf8Bytes(rig, RigStoreJson.Default.GpuRig));

    /// <summary>Forgets a rig; true if it was known.</summary>
    /// <param name="name">The name.</param>
    public bool Remove(string name)
    {
        if (Find(name) is not { } rig) return false;
        File.Delete(PathOf(rig.Name));
        return true;
    }

    /// <summary>Forgets the rig of a rental, and no other of its name.</summary>
    /// <param name="rental">The rental.</param>
    public void Remove(Rental rental)
    {
        if (Find(rental) is { } rig) Remove(rig.Name);
    }

    private static GpuRig? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RigStoreJson.Default.GpuRig);
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string PathOf(string name) => Path.Join(home.Rigs, Path.GetFileName(name) + ".json");
}

/// <summary>Serialises connection profiles without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(GpuRig))]
internal sealed partial class RigStoreJson : JsonSerializerContext;
