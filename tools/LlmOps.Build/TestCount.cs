using System.Globalization;
using System.Xml.Linq;

namespace LlmOps.Build;

/// <summary>How many tests ended how.</summary>
internal readonly record struct TestCount(int Passed, int Failed, int Skipped)
{
    public static TestCount operator +(TestCount a, TestCount b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    /// <summary>Reads the results file of a test run.</summary>
    public static TestCount Read(string trx)
    {
        var counters = XDocument.Load(trx).Descendants().Single(element => element.Name.LocalName == "Counters");
        var (total, passed, executed) = (Number("total"), Number("passed"), Number("executed"));
        return new(passed, executed - passed, total - executed);

        int Number(string name) => int.Parse(counters.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
