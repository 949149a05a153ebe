using System.Collections;
using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Reads from an object what -Property names.</summary>
internal static class PropertyChoice
{
    /// <summary>The names and values: of one property, of those that match a wildcard, or of a table with Name and Expression.</summary>
    /// <param name="item">The object.</param>
    /// <param name="wanted">What -Property holds.</param>
    public static IEnumerable<(string Name, object? Value)> Read(PSObject item, object wanted) => Unwrap(wanted) switch
    {
        IDictionary table => [(Convert.ToString(Unwrap(Entry(table, "Name", "Label")), null) ?? "", Value(item, Unwrap(Entry(table, "Expression"))))],
        ScriptBlock block => [(block.ToString(), Value(item, block))],
        var name when WildcardPattern.ContainsWildcardCharacters(name?.ToString()) =>
            item.Properties.Match(name!.ToString()).Select(property => (property.Name, (object?)property.Value)),
        var name => [(name?.ToString() ?? "", item.Properties[name?.ToString() ?? ""]?.Value)],
    };

    private static object? Value(PSObject item, object? expression) => expression is ScriptBlock block
        ? block.InvokeWithContext(null, [new PSVariable("_", item)]) is [var only] ? only : null
        : item.Properties[expression?.ToString() ?? ""]?.Value;

    private static object? Entry(IDictionary table, params string[] names) =>
        table.Keys.Cast<object>().Where(key => names.Any(name => name.StartsWith(key.ToString()!, StringComparison.OrdinalIgnoreCase))).Select(key => table[key]).FirstOrDefault();

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
