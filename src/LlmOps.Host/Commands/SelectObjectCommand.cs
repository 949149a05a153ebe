using System.Management.Automation;

namespace LlmOps.Host.Commands;

/// <summary>Takes some of the objects, or some of their properties.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = [];
    private int _seen;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The properties to keep: names, wildcards, or tables with Name and Expression.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>The property whose value is written in the object's place.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>How many from the beginning; then the commands upstream are ended.</summary>
    [Parameter]
    public int First { get; set; } = -1;

    /// <summary>How many from the end.</summary>
    [Parameter]
    public int Last { get; set; } = -1;

    /// <summary>How many to leave out.</summary>
    [Parameter]
    public int Skip { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || ++_seen <= Skip) return;
        if (Last >= 0)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > Last) _last.Dequeue();
        }
        else if (First < 0 || _seen - Skip <= First)
        {
            Write(InputObject);
            if (_seen - Skip == First) throw EngineParts.EndUpstream(this);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var item in _last) Write(item);
    }

    private void Write(PSObject item)
    {
        if (ExpandProperty is not null) WriteObject(item.Properties[ExpandProperty]?.Value, enumerateCollection: true);
        else WriteObject(Property.Length == 0 ? item : Project(item));
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        foreach (var (name, value) in Property.SelectMany(wanted => PropertyChoice.Read(item, wanted))) result.Properties.Add(new PSNoteProperty(name, value));
        return result;
    }
}
