using System.Buffers.Binary;

namespace LlmOps.Ssh.Authentication;

/// <summary>Reads SSH's wire format (RFC 4251 §5).</summary>
/// <param name="data">The bytes.</param>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next number.</summary>
    public uint Number()
    {
        if (_rest.Length < 4) throw new InvalidDataException("A message ends too early.");
        var number = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        _rest = _rest[4..];
        return number;
    }

    /// <summary>The next string of bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Number();
        if (length > _rest.Length) throw new InvalidDataException("A message ends too early.");
        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }
}
