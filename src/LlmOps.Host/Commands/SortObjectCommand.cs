using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Sorts objects by themselves or by properties.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The properties to sort by, first things first.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>From the largest to the smallest.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null) _items.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var order = Comparer<object?>.Create((a, b) => LanguagePrimitives.TryCompare(a, b, ignoreCase: true, null, out var result) ? result : string.Compare(a?.ToString(), b?.ToString(), StringComparison.CurrentCultureIgnoreCase));
        Func<PSObject, object?>[] keys = Property.Length == 0
            ? [item => item.BaseObject]
            : [.. Property.Select(wanted => (Func<PSObject, object?>)(item => PropertyChoice.Read(item, wanted).Select(found => found.Value).FirstOrDefault()))];
        var sorted = Descending ? _items.OrderByDescending(keys[0], order) : _items.OrderBy(keys[0], order);
        foreach (var key in keys.Skip(1)) sorted = Descending ? sorted.ThenByDescending(key, order) : sorted.ThenBy(key, order);
        foreach (var item in sorted) WriteObject(item);
    }
}
