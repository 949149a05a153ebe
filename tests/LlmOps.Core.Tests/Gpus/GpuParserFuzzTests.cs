using System.Text;
using System.Xml;
using LlmOps.Gpus;

namespace LlmOps.Tests.Gpus;

public sealed class GpuParserFuzzTests
{
    private const string Alphabet = "0123456789.,-[]{}\"'<>/:=%\t\n\r \u001bGPUNVIDIAMB/Anul\0é漢";

    [Fact]
    public void NoParserFailsOnSpoiltText()
    {
        var random = new Random(20261123);
        var recordings = Recording.All().Select(text => text.Length > 20_000 ? text[..20_000] : text).ToList();
        for (var round = 0; round < 3000; round++)
        {
            var text = Spoil(recordings[round % recordings.Count], random);
            var rows = NvidiaSample.Rows(text);
            var processes = NvidiaSample.Processes(text);
            foreach (var row in rows) NvidiaSample.Gpu(row, processes, null, () => SystemMemory.Parse(text.Split('\n')), default).ToString();
            SmiTopology.Parse(text);
            SmiVersions.Parse(text);
            SystemMemory.Parse(text.Split('\n'));
            AmdSample.Gpus(text, text, text, text, default);
            RocmSample.Gpus(text, default);
            try
            {
                SmiXml.Parse(text);
            }
            catch (XmlException)
            {
                // The one way to say that it is no XML.
            }
        }
    }

    private static string Spoil(string text, Random random)
    {
        var spoilt = new StringBuilder(text);
        for (var changes = random.Next(1, 12); changes > 0 && spoilt.Length > 1; changes--)
        {
            var at = random.Next(spoilt.Length);
            switch (random.Next(4))
            {
                case 0: spoilt[at] = Alphabet[random.Next(Alphabet.Length)]; break;
                case 1: spoilt.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString(), random.Next(1, 40)); break;
                case 2: spoilt.Remove(at, Math.Min(random.Next(1, 200), spoilt.Length - at)); break;
                default: spoilt.Length = at; break;
            }
        }

        return spoilt.ToString();
    }
}
