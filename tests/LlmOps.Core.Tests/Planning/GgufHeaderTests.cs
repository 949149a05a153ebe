namespace LlmOps.Planning.Tests;

/// <summary>The header of a GGUF file: read from its beginning, whatever is in it.</summary>
public sealed class GgufHeaderTests
{
    [Fact]
    public void The_beginning_is_enough_though_the_words_of_the_tokenizer_are_cut()
    {
        var whole = GgufBytes.Llama(words: 50_000);
        var cut = GgufHeader.Read(whole.AsSpan(0, 2000), "m.gguf");
        Assert.True(cut.IsComplete);
        Assert.Equal(32, cut.Number("llama.block_count"));
        Assert.False(cut.Pairs.ContainsKey("general.file_type"));
        Assert.Equal(15, GgufHeader.Read(whole, "m.gguf").Number("general.file_type"));
        Assert.False(GgufHeader.Read(whole.AsSpan(0, 100), "m.gguf").IsComplete);
    }

    [Fact]
    public void It_describes_the_model()
    {
        var model = GgufArchitecture.Of(GgufHeader.Read(GgufBytes.Llama(), "m.gguf"), "m.gguf");
        Assert.Equal(("llama", 32, 32, 8, 128, 131072), (model.Name, model.Layers, model.Heads, model.KvHeads, model.HeadDim, model.MaxPositions));
        Assert.Equal(131072, Assert.Single(model.Groups).BytesPerToken(1, KvCacheType.Half) * model.Layers);
    }

    [Fact]
    public void Heads_that_differ_from_layer_to_layer_are_counted_layer_by_layer()
    {
        var bytes = new GgufBytes().Text("general.architecture", "granitehybrid").Number("granitehybrid.block_count", 4).Number("granitehybrid.embedding_length", 1024).Number("granitehybrid.attention.head_count", 8)
            .Numbers("granitehybrid.attention.head_count_kv", 0, 2, 0, 4).ToArray();
        var model = GgufArchitecture.Of(GgufHeader.Read(bytes, "m.gguf"), "m.gguf");
        Assert.Equal([(1, 2), (1, 4)], model.Groups.Select(group => (group.Count, group.KvHeads)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GGUF")]
    [InlineData("PK\u0003\u0004this is a zip file, is it not")]
    public void What_is_no_GGUF_file_is_refused_by_name(string text)
    {
        var error = Assert.Throws<LlmOpsException>(() => GgufHeader.Read(System.Text.Encoding.ASCII.GetBytes(text), "some/file.gguf"));
        Assert.Equal("GgufUnreadable", error.ErrorId);
        Assert.Contains("some/file.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_fail_otherwise_or_take_long()
    {
        var random = new Random(4711);
        var good = GgufBytes.Llama(20);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var change = random.Next(6); change > 0 && bytes.Length > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 5 == 0 && bytes.Length > 40) BitConverter.GetBytes(random.NextInt64(long.MinValue, long.MaxValue)).CopyTo(bytes, random.Next(bytes.Length - 8));
            try
            {
                GgufArchitecture.Of(GgufHeader.Read(bytes, "m.gguf"), "m.gguf");
            }
            catch (LlmOpsException refused)
            {
                Assert.Equal("GgufUnreadable", refused.ErrorId);
            }
        }
    }
}
