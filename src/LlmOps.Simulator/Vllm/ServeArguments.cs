using System.Globalization;

namespace LlmOps.Simulator.Vllm;

/// <summary>The command line of <c>vllm serve</c>, read as argparse does.</summary>
internal sealed class ServeArguments
{
    private const string TopUsage = "usage: vllm [-h] [-v] {chat,complete,serve,launch,bench,collect-env,run-batch} ...\nvllm: error: ";
    private const string ServeUsage = "usage: vllm serve [model_tag] [options]\nvllm serve: error: ";

    private readonly Dictionary<string, List<string>> _values = [];

    public string Model { get; private set; } = "Qwen/Qwen3-0.6B";

    /// <summary>What argparse would print, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The flags that were given, in order, for the line that vLLM logs.</summary>
    public IReadOnlyDictionary<string, List<string>> Given => _values;

    public static ServeArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new ServeArguments();
        var unknown = new List<string>();
        var hasModel = false;
        for (var at = 0; at < arguments.Count && parsed.Error is null; at++)
        {
            var word = arguments[at];
            if (!word.StartsWith('-') || word == "-")
            {
                if (hasModel) unknown.Add(word);
                else parsed.Model = word;
                hasModel = true;
                continue;
            }

            var (typed, value) = word.IndexOf('=', StringComparison.Ordinal) is var equals && equals > 0 ? (word[..equals], word[(equals + 1)..]) : (word, null);
            if (FlagTable.Find(typed) is not var (name, kind)) unknown.Add(word);
            else parsed.Take(typed, name, kind, value, arguments, ref at);
        }

        if (parsed.Error is null && unknown.Count > 0) parsed.Error = $"{TopUsage}unrecognized arguments: {string.Join(' ', unknown)}\n";
        if (parsed["--model"] is { } model) parsed.Model = model;
        return parsed;
    }

    public string? this[string name] => _values.GetValueOrDefault(name)?.FirstOrDefault();

    public IReadOnlyList<string> List(string name) => _values.GetValueOrDefault(name) ?? [];

    public bool Has(string name) => _values.ContainsKey(name);

    public int Integer(string name, int fallback) => this[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public double Float(string name, double fallback) => this[name] is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    /// <summary>A length, -1 for <c>auto</c>, or null if the flag was not given.</summary>
    public long? Length(string name) => this[name] is { } text ? ParseLength(text) : null;

    private void Take(string typed, string name, FlagKind kind, string? value, IReadOnlyList<string> arguments, ref int at)
    {
        var values = new List<string>();
        if (value is not null) values.Add(value);
        else if (kind != FlagKind.Switch)
            while (at + 1 < arguments.Count && !IsFlag(arguments[at + 1]) && (values.Count == 0 || kind == FlagKind.List)) values.Add(arguments[++at]);
        if (kind != FlagKind.Switch && values.Count == 0) Error = $"{ServeUsage}argument {typed}: expected {(kind == FlagKind.List ? "at least one argument" : "one argument")}\n";
        else if (values.FirstOrDefault(text => !Fits(kind, text)) is { } wrong) Error = $"{ServeUsage}argument {typed}: invalid {TypeName(kind)} value: '{wrong}'\n";
        else _values[name] = values;
    }

    private static bool IsFlag(string word) => word.StartsWith('-') && !double.TryParse(word, CultureInfo.InvariantCulture, out _);

    private static bool Fits(FlagKind kind, string text) => kind switch
    {
        FlagKind.Integer => int.TryParse(text, CultureInfo.InvariantCulture, out _),
        FlagKind.Float => double.TryParse(text, CultureInfo.InvariantCulture, out _),
        FlagKind.Length => ParseLength(text) is not null,
        _ => true,
    };

    private static string TypeName(FlagKind kind) => kind switch { FlagKind.Integer => "int", FlagKind.Float => "float", _ => "human_readable_int_or_auto" };

    private static long? ParseLength(string text)
    {
        if (text is "auto" or "-1") return -1;
        double factor = text.Length == 0 ? 1 : text[^1] switch { 'k' => 1e3, 'm' => 1e6, 'g' => 1e9, 'K' => 1 << 10, 'M' => 1 << 20, 'G' => 1 << 30, _ => 1 };
        var digits = factor > 1 ? text[..^1] : text;
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? (long)(number * factor) : null;
    }
}
