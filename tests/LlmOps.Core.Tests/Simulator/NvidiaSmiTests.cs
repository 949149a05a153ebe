using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LlmOps.Tests.Simulator;

public sealed partial class NvidiaSmiTests
{
    /// <summary>Recorded on a machine with two H200, driver 580.</summary>
    private const string RecordedIdle = """
        +-----------------------------------------------------------------------------------------+
        | NVIDIA-SMI 580.159.04             Driver Version: 580.159.04     CUDA Version: 13.0     |
        +-----------------------------------------+------------------------+----------------------+
        | GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
        | Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
        |                                         |                        |               MIG M. |
        |=========================================+========================+======================|
        |   0  NVIDIA H200                    On  |   00000000:00:06.0 Off |                    0 |
        | N/A   36C    P0            124W /  700W |       0MiB / 143771MiB |      0%      Default |
        |                                         |                        |             Disabled |
        +-----------------------------------------+------------------------+----------------------+
        |   1  NVIDIA H200                    On  |   00000000:00:07.0 Off |                    0 |
        | N/A   38C    P0            120W /  700W |       0MiB / 143771MiB |      0%      Default |
        |                                         |                        |             Disabled |
        +-----------------------------------------+------------------------+----------------------+

        +-----------------------------------------------------------------------------------------+
        | Processes:                                                                              |
        |  GPU   GI   CI              PID   Type   Process name                        GPU Memory |
        |        ID   ID                                                               Usage      |
        |=========================================================================================|
        |  No running processes found                                                             |
        +-----------------------------------------------------------------------------------------+
        """;

    private const string RecordedRow = "0, GPU-5a42a730-3b10-43c7-c5fd-7180830df355, NVIDIA H200, 00000000:00:06.0, 580.159.04, 9.0, 143771, 616, 37875, 105282, 97, 23, 57, 691.09, 700.00, P0, Disabled, 0";

    private const string RecordedQuery = "index,uuid,name,pci.bus_id,driver_version,compute_cap,memory.total,memory.reserved,memory.used,memory.free,utilization.gpu,utilization.memory,temperature.gpu,power.draw,power.limit,pstate,mig.mode.current,ecc.errors.uncorrected.volatile.total";

    [Fact]
    public async Task Every_format_has_the_shape_of_the_recorded_one()
    {
        await using var rig = await RehearsalRig.CreateAsync("H200");

        var table = (await rig.RunAsync("nvidia-smi")).Output;
        var rows = (await rig.RunAsync($"nvidia-smi --query-gpu={RecordedQuery} --format=csv,noheader,nounits")).Output.TrimEnd().Split('\n');
        var titled = (await rig.RunAsync("nvidia-smi --query-gpu=index,memory.used,power.draw,utilization.gpu --format=csv")).Output.TrimEnd().Split('\n');
        var xml = (await rig.RunAsync("nvidia-smi -q -x")).Output;
        var topology = (await rig.RunAsync("nvidia-smi topo -m")).Output;

        Assert.Equal(Shape(RecordedIdle), Shape(table[(table.IndexOf('\n') + 1)..].TrimEnd()));
        Assert.Equal(2, rows.Length);
        Assert.Equal(Shape(RecordedRow), Shape(rows[0]));
        Assert.Equal("index, memory.used [MiB], power.draw [W], utilization.gpu [%]", titled[0]);
        Assert.Matches(@"^0, 0 MiB, \d+\.\d\d W, 0 %$", titled[1]);
        var gpus = XDocument.Parse(xml).Root!.Elements("gpu").ToList();
        Assert.Equal(["143771 MiB", "143771 MiB"], gpus.Select(gpu => gpu.Element("fb_memory_usage")!.Element("total")!.Value));
        Assert.Contains("GPU0\t X \tNV18\t0-31\t0\t\tN/A\n", topology, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_selects_loops_and_refuses_as_the_real_one()
    {
        await using var rig = await RehearsalRig.CreateAsync();

        Assert.Equal("1\n", (await rig.RunAsync("nvidia-smi -i 1 --query-gpu=index --format=csv,noheader")).Output);
        Assert.Equal("0\n1\n0\n1\n", (await rig.RunAsync("nvidia-smi --query-gpu=index --format=csv,noheader -lms 50 | head -4")).Output);
        var unknown = await rig.RunAsync("nvidia-smi --query-gpu=index,mood --format=csv");
        Assert.Equal((2, "Field \"mood\" is not a valid field to query.\n\n"), (unknown.Code, unknown.Output));
    }

    [Theory]
    [InlineData("DriverNotLoaded", 9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")]
    [InlineData("NoGpu", 6, "No devices were found")]
    public async Task A_planted_fault_shows(string fault, int code, string message)
    {
        await using var rig = await RehearsalRig.CreateAsync(faults: fault);

        var run = await rig.RunAsync("nvidia-smi --query-gpu=index --format=csv");

        Assert.Equal(code, run.Code);
        Assert.StartsWith(message, run.Output, StringComparison.Ordinal);
    }

    /// <summary>The text with every run of digits and hex alike.</summary>
    private static string Shape(string text) => Number().Replace(Identifier().Replace(text, "GPU-#"), "#").Replace("\r", "", StringComparison.Ordinal) is var shape ? Spaces().Replace(shape, " ") : "";

    [GeneratedRegex("GPU-[0-9a-f-]{36}")]
    private static partial Regex Identifier();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
