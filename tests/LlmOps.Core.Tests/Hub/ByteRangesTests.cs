namespace LlmOps.Hub.Tests;

public sealed class ByteRangesTests
{
    [Fact]
    public void They_agree_with_a_plain_list_of_bytes()
    {
        const int size = 200;
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var (ranges, bytes) = (new ByteRanges(), new bool[size]);
            for (var step = 0; step < 40; step++)
            {
                var start = random.Next(size);
                var end = Math.Min(size, start + random.Next(30));
                Assert.Equal(Enumerable.Range(start, end - start).Count(at => !bytes[at]), ranges.Add(start, end));
                for (var at = start; at < end; at++) bytes[at] = true;
                var (from, to) = (random.Next(size), size - random.Next(20));
                Assert.Equal(bytes.Count(held => held), ranges.Total);
                Assert.Equal(bytes.TakeWhile(held => held).Count(), ranges.Prefix);
                Assert.Equal(from + bytes.Skip(from).TakeWhile(held => held).Count(), ranges.NextMissing(from));
                Assert.Equal(
                    Enumerable.Range(from, Math.Max(0, to - from)).Where(at => !bytes[at]),
                    ranges.Missing(from, to).SelectMany(gap => Enumerable.Range((int)gap.Start, (int)(gap.End - gap.Start))));
            }
        }
    }
}
