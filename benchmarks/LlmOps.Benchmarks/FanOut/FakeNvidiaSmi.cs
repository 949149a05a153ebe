namespace LlmOps.Benchmarks.FanOut;

/// <summary>An <c>nvidia-smi</c> that answers at once with two A40 and one process, the same for every contestant: a static C program where there is a compiler.</summary>
internal static class FakeNvidiaSmi
{
    /// <summary>The fields of Get-GpuMemory's first query.</summary>
    public const string GpuQuery =
        "--query-gpu=index,uuid,name,mig.mode.current,memory.total,memory.used,memory.free,utilization.gpu,temperature.gpu,power.draw,power.limit --format=csv,noheader,nounits";

    /// <summary>Get-GpuMemory's second query.</summary>
    public const string ProcessQuery = "--query-compute-apps=gpu_uuid,pid,process_name,used_memory --format=csv,noheader,nounits";

    /// <summary>The GPUs that it shows.</summary>
    public const int Gpus = 2;

    private static readonly string[] GpuLines =
    [
        "0, GPU-6d1ab0a5-0001-4b6b-9f11-000000000000, NVIDIA A40, [N/A], 46068, 30123, 15551, 87, 61, 221.50, 300.00",
        "1, GPU-6d1ab0a5-0001-4b6b-9f11-000000000001, NVIDIA A40, [N/A], 46068, 0, 45674, 0, 33, 31.07, 300.00",
    ];

    private const string ProcessLine = "GPU-6d1ab0a5-0001-4b6b-9f11-000000000000, 4242, python3, 30112";

    /// <summary>Makes it in a folder; returns what it was made of.</summary>
    public static string Make(string folder)
    {
        Directory.CreateDirectory(folder);
        var program = Path.Join(folder, "nvidia-smi");
        if (Programs.Find("cc") is null)
        {
            Shell.WriteScript(program, $"#!/bin/sh\ncase $1 in --query-gpu*) echo '{string.Join("'; echo '", GpuLines)}';; *) echo '{ProcessLine}';; esac\n");
            return "a shell script";
        }

        var source = program + ".c";
        File.WriteAllText(source, $$"""
            #include <string.h>
            #include <unistd.h>
            int main(int count, char **words) {
                const char *text = count > 1 && !strncmp(words[1], "--query-gpu", 11) ? "{{string.Join("\\n", GpuLines)}}\n" : "{{ProcessLine}}\n";
                return write(1, text, strlen(text)) < 0;
            }
            """);
        Shell.Run("cc", "-O2", "-static", "-o", program, source);
        return "a static C program";
    }
}
