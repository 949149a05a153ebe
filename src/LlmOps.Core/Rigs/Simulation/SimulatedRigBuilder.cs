using System.Runtime.Versioning;
using LlmOps.State;

namespace LlmOps.Rigs.Simulation;

/// <summary>Makes the folder that is a rehearsal rig: programs, home, login. Nothing runs yet.</summary>
public static class SimulatedRigBuilder
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] Programs = ["nvidia-smi", "uv", "hf", "cc", "gcc", "clang", "df", "free"];

    /// <summary>Makes the folder.</summary>
    /// <param name="folder">Where; nothing may be there yet.</param>
    /// <param name="wanted">What the rig is; the GPU by any of its names.</param>
    /// <exception cref="LlmOpsException">
    /// <c>SimulatorUnsupported</c>, <c>SimulatedGpuUnknown</c>, <c>SimulatedGpuCountInvalid</c>, <c>SimulatedSpeedInvalid</c>,
    /// <c>SimulatedFaultUnknown</c>, <c>SimulatorMissing</c>, <c>SimulatedRigFolderTaken</c>; nothing has been made then.
    /// </exception>
    public static SimulatedRigState Build(SimulatedRigFolder folder, SimulatedRigState wanted)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(wanted);
        if (!OperatingSystem.IsLinux()) throw SimulatorErrors.PlatformUnsupported();
        var gpu = SimulatedGpu.Of(wanted.Gpu);
        if (wanted.GpuCount is < 1 or > 16) throw SimulatorErrors.GpuCountInvalid(wanted.GpuCount);
        if (wanted.Speed is not (>= 0.1 and <= 10000)) throw SimulatorErrors.SpeedInvalid(wanted.Speed);
        var faults = wanted.Fault.Select(SimulatedFault.Parse).ToList();
        if (!File.Exists(wanted.Simulator)) throw SimulatorErrors.ExecutableMissing(wanted.Simulator);
        if (Directory.Exists(folder.Path)) throw SimulatorErrors.FolderTaken(folder.Path);

        foreach (var made in new[] { folder.Bin, folder.Home, folder.GpuMemory, folder.Processes, folder.Temporary })
            Directory.CreateDirectory(made, Own);
        var state = wanted with { Gpu = gpu.Name, Simulator = Runnable(wanted.Simulator, folder), Fault = [.. faults.Select(fault => fault.ToString())] };
        foreach (var program in Programs.Where(program => program != "nvidia-smi" || faults.All(fault => fault.Name != "NoNvidiaSmi")))
            File.CreateSymbolicLink(Path.Join(folder.Bin, program), state.Simulator);
        AtomicFile.Write(folder.Login, System.Text.Encoding.UTF8.GetBytes(LoginScript(folder, faults)), Own);
        File.WriteAllText(Path.Join(folder.Home, ".bashrc"), $"PS1='(simulated) \\u@{state.Name}:\\w\\$ '\n");
        state.Write(folder);
        return state;
    }

    /// <summary>The simulator where it can be started: a package knows no execute bit, so an installed one is copied into the rig, which may be written to.</summary>
    [UnsupportedOSPlatform("windows")]
    private static string Runnable(string simulator, SimulatedRigFolder folder)
    {
        if ((File.GetUnixFileMode(simulator) & AnyExecute) != 0) return Path.GetFullPath(simulator);
        var copy = folder.Join("simulator");
        File.Copy(simulator, copy);
        File.SetUnixFileMode(copy, Own);
        return copy;
    }

    /// <summary>What every login runs, as sshd's ForceCommand or started directly: the rig's own environment and nothing of the machine's.</summary>
    private static string LoginScript(SimulatedRigFolder folder, IReadOnlyList<SimulatedFault> faults)
    {
        var root = Quote(folder.Path);
        var files = Has("FewOpenFiles") ? "ulimit -n 512" : "";
        var hub = Has("NoNameResolution") ? "http://hub.invalid" : Has("HubDown") ? "http://127.0.0.1:9" : """$(cat "$rig/state/hub" 2>/dev/null)"""; // .invalid never has an address: RFC 2606
        return $$"""
            #!/bin/sh
            rig={{root}}
            if [ -x /bin/bash ]; then shell=/bin/bash; else shell=/bin/sh; fi
            cd "$rig/home" || exit 1
            {{files}}
            set -- env -i {{SimulatedRigFolder.Variable}}="$rig" HOME="$rig/home" TMPDIR="$rig/tmp" PATH="$rig/bin:/usr/bin:/bin" SHELL="$shell" \
                USER="${USER:-$(id -un)}" LOGNAME="${LOGNAME:-$(id -un)}" LANG=C.UTF-8 TERM="${TERM:-dumb}" DOTNET_EnableDiagnostics=0 \
                HF_HOME="$rig/home/.cache/huggingface" HF_ENDPOINT="{{hub}}" LLMOPS_ROOT="$rig/home/.llmops" \
                ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} ${SSH_CONNECTION:+SSH_CONNECTION="$SSH_CONNECTION"} ${SSH_TTY:+SSH_TTY="$SSH_TTY"}
            if [ -n "$SSH_ORIGINAL_COMMAND" ]; then exec "$@" "$shell" -c "$SSH_ORIGINAL_COMMAND"; fi
            exec "$@" "$shell" -i

            """;

        bool Has(string name) => faults.Any(fault => fault.Name == name);
    }

    /// <summary>A text as one word of a POSIX shell.</summary>
    internal static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
