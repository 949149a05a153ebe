using System.Globalization;
using System.Text;

namespace LlmOps.Hub.Tests;

/// <summary>Makes wrong input of right input, the same each time.</summary>
internal static class FuzzText
{
    private const int Seed = 20_26;

    /// <summary>Gives a reader many variants of a text: parts removed, repeated, replaced, and numbers put in.</summary>
    public static void Feed(string seed, Action<string> read, int rounds = 20_000)
    {
        var random = new Random(Seed);
        for (var round = 0; round < rounds; round++) read(Change(seed, random));
    }

    /// <summary>Gives a reader many variants of bytes: bits turned, parts removed, repeated or replaced, the end cut off.</summary>
    public static void Feed(byte[] seed, Action<byte[]> read, int rounds)
    {
        var random = new Random(Seed);
        for (var round = 0; round < rounds; round++) read(Change(seed, random));
    }

    public static string Change(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (var change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0: text.Remove(at, random.Next(1, Math.Min(8, text.Length - at) + 1)); break;
                case 1: text[at] = (char)random.Next(1, 300); break;
                case 2: text.Insert(at, seed.AsSpan(random.Next(seed.Length))); break;
                default: text.Insert(at, (random.NextInt64() - random.NextInt64()).ToString(CultureInfo.InvariantCulture)); break;
            }
        }

        return text.ToString();
    }

    private static byte[] Change(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            // Half of the changes hit the first bytes, where the lengths and the flags are.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(32, bytes.Count) : bytes.Count);
            var length = random.Next(1, Math.Min(16, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }
}
