using System.Text;

namespace LlmOps.Planning.Tests;

/// <summary>Makes the beginning of a GGUF file.</summary>
public sealed class GgufBytes
{
    private readonly MemoryStream _pairs = new();
    private int _count;

    public static byte[] Llama(int words = 1000, int layers = 32) => new GgufBytes()
        .Text("general.architecture", "llama").Number("llama.block_count", layers).Number("llama.embedding_length", 4096).Number("llama.feed_forward_length", 14336).Number("llama.context_length", 131072)
        .Number("llama.attention.head_count", 32).Number("llama.attention.head_count_kv", 8).Number("llama.vocab_size", 128256).Words("tokenizer.ggml.tokens", words).Number("general.file_type", 15).ToArray();

    public GgufBytes Text(string key, string value)
    {
        Key(key, 8);
        String(value);
        return this;
    }

    public GgufBytes Number(string key, int value)
    {
        Key(key, 4);
        _pairs.Write(BitConverter.GetBytes(value));
        return this;
    }

    public GgufBytes Numbers(string key, params int[] values)
    {
        Key(key, 9);
        _pairs.Write(BitConverter.GetBytes(5));
        _pairs.Write(BitConverter.GetBytes((long)values.Length));
        foreach (var value in values) _pairs.Write(BitConverter.GetBytes(value));
        return this;
    }

    public GgufBytes Words(string key, int count)
    {
        Key(key, 9);
        _pairs.Write(BitConverter.GetBytes(8));
        _pairs.Write(BitConverter.GetBytes((long)count));
        for (var word = 0; word < count; word++) String($"word{word}");
        return this;
    }

    public byte[] ToArray() => [.. "GGUF"u8, .. BitConverter.GetBytes(3), .. BitConverter.GetBytes(291L), .. BitConverter.GetBytes((long)_count), .. _pairs.ToArray()];

    private void Key(string key, int type)
    {
        _count++;
        String(key);
        _pairs.Write(BitConverter.GetBytes(type));
    }

    private void String(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _pairs.Write(BitConverter.GetBytes((long)bytes.Length));
        _pairs.Write(bytes);
    }
}
