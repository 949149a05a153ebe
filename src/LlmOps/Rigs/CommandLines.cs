using System.Text;

namespace LlmOps.Rigs;

/// <summary>Cuts the bytes of a command's output into lines as they come, also where a character is cut in two.</summary>
/// <param name="onLine">Told each line as soon as it is whole.</param>
internal sealed class CommandLines(Action<string> onLine)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private readonly List<string> _lines = [];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var count = _decoder.GetChars(bytes, characters, flush: false);
        foreach (var character in characters.AsSpan(0, count))
        {
            if (character != '\n') _line.Append(character);
            else Emit();
        }
    }

    /// <summary>All lines, with what came after the last line end.</summary>
    public IReadOnlyList<string> Complete()
    {
        if (_line.Length > 0) Emit();
        return _lines;
    }

    private void Emit()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        _lines.Add(line);
        onLine(line);
    }
}
