using System.Collections;
using System.Management.Automation.Language;

namespace LlmOps.Build;

/// <summary>What LlmOps.psd1 says.</summary>
internal sealed class ManifestData
{
    private readonly Hashtable _values;

    private ManifestData(Hashtable values) => _values = values;

    public Hashtable PSData => (Hashtable)((Hashtable)_values["PrivateData"]!)["PSData"]!;

    public static ManifestData Read(string path)
    {
        var script = Parser.ParseFile(path, out _, out var errors);
        if (errors.Length > 0) throw new BuildFailure($"{path}: {errors[0]}");
        return new((Hashtable)script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue());
    }

    public string Text(string name) => (string)_values[name]!;

    public string[] List(string name) => [.. ((IEnumerable)_values[name]!).Cast<string>()];
}
