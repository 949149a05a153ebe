using System.Collections;
using System.Management.Automation;

namespace LlmOps.Host;

/// <summary>Reads what a script is given as pwsh -File does.</summary>
internal static class ScriptArgument
{
    // What the engine itself puts on a parameter's name in $args, to know it again when $args is splatted.
    private const string ParameterMark = "<CommandParameterName>";

    /// <summary>Parameters with their value in the same word, <c>-Name:value</c>, and everything else in order: names with a dash, and values.</summary>
    /// <param name="words">The words of the command line.</param>
    public static (Hashtable Named, object[] Others) Read(IEnumerable<string> words)
    {
        var named = new Hashtable(StringComparer.OrdinalIgnoreCase);
        var others = new List<object>();
        foreach (var word in words)
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (word is not ['-', (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_', ..]) others.Add(word);
            else if (colon < 0) others.Add(Name(word));
            else named[word[1..colon]] = Value(word[(colon + 1)..]);
        }

        return (named, [.. others]);
    }

    private static PSObject Name(string word)
    {
        var marked = new PSObject(word);
        marked.Properties.Add(new PSNoteProperty(ParameterMark, word[1..]));
        return marked;
    }

    private static object Value(string text) => text.ToUpperInvariant() switch { "$TRUE" => true, "$FALSE" => false, _ => text };
}
