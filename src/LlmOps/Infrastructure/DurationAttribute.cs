using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>Lets a parameter of type TimeSpan take a number of seconds too; PowerShell itself would read a number as ticks.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var isNumber = value is byte or short or int or long or float or double or decimal
            || (value is string text && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _));
        if (!isNumber) return inputData;
        var seconds = Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        return Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentTransformationMetadataException($"'{value}' seconds is not a time that can be waited for.");
    }
}
