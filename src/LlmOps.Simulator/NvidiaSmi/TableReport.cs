using System.Globalization;
using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>What a bare <c>nvidia-smi</c> prints.</summary>
internal static class TableReport
{
    private const string Rule = "+-----------------------------------------------------------------------------------------+";
    private const string Columns = "+-----------------------------------------+------------------------+----------------------+";

    public static void Write(TextWriter output, SimulatedMachine machine, IReadOnlyList<GpuReading> gpus)
    {
        var fields = new GpuFields(machine);
        output.WriteLine(DateTime.Now.ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture) + "       ");
        output.WriteLine(Rule);
        output.WriteLine($"| NVIDIA-SMI {Driver.Of(machine).Version,-22} Driver Version: {Driver.Of(machine).Version,-14} CUDA Version: {Driver.Of(machine).CudaVersion,-8} |");
        output.WriteLine(Columns);
        output.WriteLine("| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |");
        output.WriteLine("| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |");
        output.WriteLine("|                                         |                        |               MIG M. |");
        output.WriteLine("|=========================================+========================+======================|");
        foreach (var gpu in gpus)
        {
            var name = machine.Gpu.Name.Length > 28 ? machine.Gpu.Name[..25] + "..." : machine.Gpu.Name;
            var fan = fields.ValueOf("fan.speed", gpu) is "[N/A]" ? "N/A" : fields.ValueOf("fan.speed", gpu) + "%";
            var mig = fields.ValueOf("mig.mode.current", gpu).Trim('[', ']');
            output.WriteLine($"| {gpu.Index,3}  {name,-31}On  |   {gpu.BusId} Off | {(machine.Gpu.Ecc ? "0" : "N/A"),20} |");
            output.WriteLine($"| {fan,-4} {gpu.Temperature,3}C    {gpu.PerformanceState,-4}       {gpu.PowerWatts,7:0}W / {machine.Gpu.PowerLimitWatts,4}W | {gpu.UsedMiB,7}MiB / {machine.Gpu.MemoryMiB,6}MiB | {gpu.Utilization,6}%      Default |");
            output.WriteLine($"|                                         |                        | {mig,20} |");
            output.WriteLine(Columns);
        }

        output.WriteLine();
        output.WriteLine(Rule);
        output.WriteLine("| Processes:                                                                              |");
        output.WriteLine("|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |");
        output.WriteLine("|        ID   ID                                                               Usage      |");
        output.WriteLine("|=========================================================================================|");
        var holdings = gpus.SelectMany(gpu => gpu.Holdings).Where(held => held.Bytes > 0).ToList();
        if (holdings.Count == 0) output.WriteLine("|  No running processes found                                                             |");
        foreach (var held in holdings)
            output.WriteLine($"| {held.Gpu,4}   N/A  N/A {held.Pid,15}      C   {(held.Name.Length > 32 ? held.Name[..32] : held.Name),-32} {held.Bytes >> 20,10}MiB |");
        output.WriteLine(Rule);
    }
}
