using System.Globalization;

namespace LlmOps.Providers;

/// <summary>How prices are written: in US dollars, with a point.</summary>
internal static class ProviderText
{
    public static CultureInfo Culture => CultureInfo.InvariantCulture;
}
