namespace LlmOps.Gpus;

/// <summary>One row of <c>nvidia-smi</c>'s CSV.</summary>
/// <param name="columns">The names of the fields.</param>
/// <param name="values">Their values.</param>
internal sealed class SmiRow(IReadOnlyList<string> columns, IReadOnlyList<string> values)
{
    /// <summary>The value of a field, or null if it was not asked for.</summary>
    public string? this[string column]
    {
        get
        {
            for (var i = 0; i < columns.Count; i++)
                if (columns[i] == column) return values[i];
            return null;
        }
    }
}
