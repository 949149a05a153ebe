namespace LlmOps.Rigs;

/// <summary>A rig as a column of a table shows it: that it is a rehearsal stays readable, however long its name is.</summary>
public static class RigLabel
{
    /// <summary>What follows the name of a rehearsal rig.</summary>
    internal const string Simulated = " (simulated)";

    /// <summary>The label of a rig, cut to a width in its name and not in its end.</summary>
    /// <param name="rig">A rig; of anything else, such as a rig's name after a trip through remoting, the text is taken; null is empty.</param>
    /// <param name="width">The width of the column in characters, 16 or more.</param>
    public static string Fit(object? rig, int width)
    {
        var name = rig?.ToString() ?? "";
        var ending = rig is GpuRig { IsSimulated: true } ? Simulated : "";
        var room = width - ending.Length;
        return (name.Length > room ? name[..(room - 1)] + "…" : name) + ending;
    }
}
