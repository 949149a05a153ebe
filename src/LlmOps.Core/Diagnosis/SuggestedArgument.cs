using System.Text.Json.Serialization;
using LlmOps.Protocol.Operations;

namespace LlmOps.Diagnosis;

/// <summary>An argument that would mend a failure.</summary>
/// <param name="Flag">The engine's flag, such as <c>--max-model-len</c>, or <c>env:NAME</c> for a variable of its environment.</param>
/// <param name="Value">Its value; null for a flag without one.</param>
public sealed record SuggestedArgument(string Flag, string? Value = null)
{
    private const string Variable = "env:";

    /// <summary>The same as a parameter of Start-VllmServer that can be pasted, such as <c>-MaxModelLen 18912</c>.</summary>
    [JsonIgnore]
    public string Parameter => Flag switch
    {
        "--max-model-len" => $"-MaxModelLen {Value}",
        "--gpu-memory-utilization" => $"-GpuMemoryUtilization {Value}",
        "--tensor-parallel-size" => $"-TensorParallelSize {Value}",
        "--quantization" => $"-Quantization {Value}",
        _ when Flag.StartsWith(Variable, StringComparison.Ordinal) => $"-Environment @{{ {Flag[Variable.Length..]} = '{Value}' }}",
        _ => Value is null ? $"-Argument '{Flag}'" : $"-Argument '{Flag}', '{Value}'",
    };

    /// <summary>A wish to start a server with this argument in it.</summary>
    /// <param name="wish">The wish that failed.</param>
    public ServerStartArgs ApplyTo(ServerStartArgs wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return Flag switch
        {
            "--max-model-len" => wish with { MaxModelLen = Value },
            "--gpu-memory-utilization" => wish with { GpuMemoryUtilization = double.Parse(Value!, culture) },
            "--tensor-parallel-size" => wish with { TensorParallelSize = int.Parse(Value!, culture) },
            "--quantization" => wish with { Quantization = Value },
            _ when Flag.StartsWith(Variable, StringComparison.Ordinal) =>
                wish with { Environment = new Dictionary<string, string>(wish.Environment) { [Flag[Variable.Length..]] = Value! } },
            _ => wish with { Arguments = [.. Without(wish.Arguments), Flag, .. Value is null ? [] : new[] { Value }] },
        };
    }

    /// <summary>As <see cref="Parameter"/>.</summary>
    public override string ToString() => Parameter;

    private List<string> Without(IReadOnlyList<string> given)
    {
        var kept = new List<string>();
        for (var i = 0; i < given.Count; i++)
        {
            if (given[i].StartsWith(Flag + "=", StringComparison.Ordinal)) continue;
            if (given[i] != Flag) kept.Add(given[i]);
            else if (Value is not null) i++;
        }

        return kept;
    }
}
