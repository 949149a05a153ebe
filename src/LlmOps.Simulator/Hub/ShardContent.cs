using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LlmOps.Simulator.Hub;

/// <summary>Made-up weights: a valid safetensors file (8-byte length, JSON header, data) whose bytes depend on nothing but its name.</summary>
internal static class ShardContent
{
    /// <summary>The metadata key of a weight file that says how large the real model is.</summary>
    public const string RealSizeKey = "simulated_total_size";

    private const int Megabyte = 1 << 20;

    public static byte[] Make(HubModel model, int shard)
    {
        var data = (model.Shards == 1 ? 4 : 2 + (shard % 3)) * Megabyte;
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$$"""{"__metadata__":{"format":"pt","{{{RealSizeKey}}}":"{{{model.TotalSize}}}"},"simulated.weight":{"dtype":"U8","shape":[{{{data}}}],"data_offsets":[0,{{{data}}}]}}"""));
        var content = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(content, header.Length);
        header.CopyTo(content, 8);
        new Random(Seed($"{model.Id}/{shard}")).NextBytes(content.AsSpan(8 + header.Length));
        return content;
    }

    private static int Seed(string text) => text.Aggregate(17, (seed, letter) => unchecked((seed * 31) + letter));
}
