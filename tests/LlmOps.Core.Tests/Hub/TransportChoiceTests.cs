using LlmOps.Hub.Xet;

namespace LlmOps.Hub.Tests;

public sealed class TransportChoiceTests
{
    private const long Piece = 1000;

    [Theory]
    [InlineData(1.0, HfTransport.Http)]
    [InlineData(1.05, HfTransport.Http)]
    [InlineData(1.2, HfTransport.Xet)]
    public void The_faster_way_is_kept_after_three_ranges_of_each(double xetGain, HfTransport kept)
    {
        var choice = new TransportChoice(HfTransport.Auto, Piece / 2);
        for (var range = 0; range < 6; range++)
        {
            var way = choice.Next();
            Assert.Equal(range % 2 == 0 ? HfTransport.Xet : HfTransport.Http, way);
            // The first of each is slow the other way round, and does not count.
            var gain = way == HfTransport.Http ? (range < 2 ? 100 : 1) : range < 2 ? 0.01 : xetGain;
            choice.Record(way, Piece, TimeSpan.FromSeconds(1 / gain));
        }

        Assert.Equal([kept, kept], [choice.Next(), choice.Next()]);
    }

    [Fact]
    public void Short_ranges_say_nothing()
    {
        var choice = new TransportChoice(HfTransport.Auto, Piece);
        for (var range = 0; range < 20; range++) choice.Record(choice.Next(), Piece - 1, TimeSpan.FromSeconds(1));
        Assert.NotEqual(choice.Next(), choice.Next());
    }

    [Theory]
    [InlineData(HfTransport.Auto, HfTransport.Http)]
    [InlineData(HfTransport.Xet, HfTransport.Xet)]
    [InlineData(HfTransport.Http, HfTransport.Http)]
    public void A_failure_ends_a_free_choice_only(HfTransport wanted, HfTransport next)
    {
        var choice = new TransportChoice(wanted, Piece);
        choice.Fail();
        Assert.Equal([next, next], [choice.Next(), choice.Next()]);
    }
}
