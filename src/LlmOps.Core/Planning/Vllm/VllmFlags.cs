using System.Globalization;
using LlmOps.Engines;

namespace LlmOps.Planning;

/// <summary>The flags of <c>vllm serve</c> that decide about memory, found among others: <c>--flag value</c>, <c>--flag=value</c>, short ones.</summary>
internal sealed class VllmFlags(IReadOnlyList<string> arguments)
{
    public bool Has(string flag) => arguments.Any(argument => Name(argument) == flag);

    public string? this[params string[] flags]
    {
        get
        {
            for (var index = 0; index < arguments.Count; index++)
            {
                if (!flags.Contains(Name(arguments[index]))) continue;
                var equals = arguments[index].IndexOf('=', StringComparison.Ordinal);
                return equals >= 0 ? arguments[index][(equals + 1)..] : index + 1 < arguments.Count ? arguments[index + 1] : null;
            }

            return null;
        }
    }

    public int? Whole(params string[] flags)
    {
        if (this[flags] is not { } text) return null;
        try
        {
            return ContextLength.Parse(text);
        }
        catch (LlmOpsException)
        {
            return null; // vLLM itself will refuse it
        }
    }

    public double? Real(params string[] flags) => double.TryParse(this[flags], CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Name(string argument) => argument.Split('=', 2)[0].Replace('_', '-');
}
