using System.Management.Automation;

namespace LlmOps.Infrastructure;

/// <summary>Lets a parameter of type TimeSpan take a number of seconds, which PowerShell itself would read as ticks, and texts such as 90s, 30m, 8h and 2d.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is string words && WithUnit().Match(words.Trim()) is { Success: true } match)
        {
            var count = double.Parse(match.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture);
            value = count * (match.Groups["unit"].Value.ToUpperInvariant() switch { "S" => 1, "M" => 60, "H" => 3600, _ => 86400 });
        }

        var isNumber = value is byte or short or int or long or float or double or decimal
            || (value is string text && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _));
        if (!isNumber) return inputData;
        var seconds = Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        return Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentTransformationMetadataException($"'{value}' seconds is not a time that can be waited for.");
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<count>\d{1,9}(\.\d{1,6})?)\s*(?<unit>[smhdSMHD])\z")]
    private static partial System.Text.RegularExpressions.Regex WithUnit();
}
