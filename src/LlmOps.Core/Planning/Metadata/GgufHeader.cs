using System.Buffers.Binary;
using System.Text;

namespace LlmOps.Planning;

/// <summary>
/// The key-value pairs at the beginning of a GGUF file, versions 2 and 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). The beginning is enough: what describes the model
/// stands before the words of its tokenizer, and a pair that is cut ends the reading. Of arrays only those of numbers are kept, since words are many.
/// </summary>
public sealed class GgufHeader
{
    private const int Fixed = 24;
    private const int MostPairs = 100_000;
    private const int MostText = 64 * 1024;
    private const int MostNumbers = 100_000;

    private GgufHeader(IReadOnlyDictionary<string, object> pairs, long tensors, bool isComplete)
    {
        Pairs = pairs;
        TensorCount = tensors;
        IsComplete = isComplete;
    }

    /// <summary>The pairs: texts, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, or arrays of <see cref="long"/>.</summary>
    public IReadOnlyDictionary<string, object> Pairs { get; }

    /// <summary>The number of tensors.</summary>
    public long TensorCount { get; }

    /// <summary>True if all pairs were read, or all that stand before the tokenizer's.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads the beginning of a file.</summary>
    /// <param name="bytes">The beginning.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <exception cref="LlmOpsException"><c>GgufUnreadable</c>.</exception>
    public static GgufHeader Read(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length < Fixed || !bytes[..4].SequenceEqual("GGUF"u8)) throw PlanningErrors.GgufUnreadable(path, "it does not begin as a GGUF file");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (version is not (2 or 3)) throw PlanningErrors.GgufUnreadable(path, $"its version is {version}");
        var tensors = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        var count = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        if (tensors < 0 || count is < 0 or > MostPairs) throw PlanningErrors.GgufUnreadable(path, "its counts make no sense");
        var pairs = new Dictionary<string, object>(StringComparer.Ordinal);
        var reader = new Reader(bytes[Fixed..], path);
        for (var pair = 0L; pair < count; pair++)
        {
            if (!reader.TryText(out var key) || !reader.TryNumber(4, out var type)) return new GgufHeader(pairs, tensors, pairs.Keys.Any(IsTokenizer));
            if (!reader.TryValue((int)type, out var value)) return new GgufHeader(pairs, tensors, IsTokenizer(key) || pairs.Keys.Any(IsTokenizer));
            if (value is not null) pairs[key] = value;
        }

        return new GgufHeader(pairs, tensors, true);
    }

    /// <summary>A number, or null; of an array the largest.</summary>
    /// <param name="key">The key.</param>
    public long? Number(string key) => Pairs.GetValueOrDefault(key) switch { long number => number, double number => (long)number, long[] { Length: > 0 } list => list.Max(), _ => null };

    /// <summary>A text, or null.</summary>
    /// <param name="key">The key.</param>
    public string? Text(string key) => Pairs.GetValueOrDefault(key) as string;

    private static bool IsTokenizer(string key) => key.StartsWith("tokenizer.", StringComparison.Ordinal);

    private ref struct Reader(ReadOnlySpan<byte> bytes, string path)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool TryText(out string text)
        {
            text = "";
            if (!TryNumber(8, out var length)) return false;
            if (length is < 0 or > 1L << 30) throw PlanningErrors.GgufUnreadable(path, "a text in it claims a senseless length");
            if (length > _rest.Length) return false;
            text = Encoding.UTF8.GetString(_rest[..(int)Math.Min(length, MostText)]);
            _rest = _rest[(int)length..];
            return true;
        }

        public bool TryNumber(int size, out long number)
        {
            number = 0;
            if (_rest.Length < size) return false;
            number = size switch
            {
                1 => _rest[0],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(_rest),
                4 => BinaryPrimitives.ReadUInt32LittleEndian(_rest),
                _ => BinaryPrimitives.ReadInt64LittleEndian(_rest),
            };
            _rest = _rest[size..];
            return true;
        }

        /// <summary>Reads a value by its type; null stands for one that is not kept.</summary>
        public bool TryValue(int type, out object? value)
        {
            value = null;
            switch (type)
            {
                case 8:
                    if (!TryText(out var text)) return false;
                    value = text;
                    return true;
                case 9:
                    return TryArray(out value);
                default:
                    var size = SizeOf(type);
                    if (!TryNumber(size, out var raw)) return false;
                    value = type switch
                    {
                        1 => (long)(sbyte)raw,
                        3 => (long)(short)raw,
                        5 => (long)(int)raw,
                        6 => (double)BitConverter.Int32BitsToSingle((int)raw),
                        7 => raw != 0,
                        12 => BitConverter.Int64BitsToDouble(raw),
                        _ => raw,
                    };
                    return true;
            }
        }

        private bool TryArray(out object? value)
        {
            value = null;
            if (!TryNumber(4, out var type) || !TryNumber(8, out var count)) return false;
            if (count is < 0 or > 1L << 32) throw PlanningErrors.GgufUnreadable(path, "an array in it claims a senseless length");
            if (type == 9) throw PlanningErrors.GgufUnreadable(path, "an array in it holds arrays");
            if (type != 8)
            {
                var size = SizeOf((int)type);
                if (count * size > _rest.Length) return false;
                var numbers = new List<long>();
                for (var index = 0L; index < count; index++)
                {
                    if (!TryValue((int)type, out var item)) return false;
                    if (item is long number && numbers.Count < MostNumbers) numbers.Add(number);
                    else if (item is bool flag && numbers.Count < MostNumbers) numbers.Add(flag ? 1 : 0);
                }

                value = numbers.ToArray();
                return true;
            }

            for (var index = 0L; index < count; index++)
                if (!TryText(out _)) return false;
            return true;
        }

        private readonly int SizeOf(int type) => type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            10 or 11 or 12 => 8,
            _ => throw PlanningErrors.GgufUnreadable(path, $"it has a value of the unknown type {type}"),
        };
    }
}
