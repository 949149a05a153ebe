using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LlmOps.Processes;

/// <summary>
/// Starts processes by <c>posix_spawn</c> (POSIX.1-2008; the SETSID flag: glibc 2.26, macOS 10.15), because System.Diagnostics.Process
/// can neither give a child its own session nor a file as its output.
/// </summary>
internal static unsafe partial class PosixSpawn
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int NotPermitted = 1; // EPERM

    private const int Interrupted = 4; // EINTR
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const int OpaqueSize = 1024; // larger than any posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;

    private static readonly short SetSession = (short)(OperatingSystem.IsMacOS() ? 0x0400 : 0x80);
    private static readonly int CreateAppend = OperatingSystem.IsMacOS() ? 0x0200 | 0x0008 : 0x0040 | 0x0400;

    public static (int Id, Stream? Input, Stream? Output, Stream? Error) Start(ProcessStart start)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("Processes are started on Linux and macOS rigs.");
        var program = Locate(start);
        var arguments = new List<string> { start.FileName };
        arguments.AddRange(start.Arguments);
        if (start.WorkingDirectory is { } folder)
        {
            // glibc 2.27 has no addchdir_np; the shell replaces itself, so the process id stays.
            arguments = ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", folder, program, .. start.Arguments];
            program = "/bin/sh";
        }

        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[OpaqueSize];
        FileActionsInit(actions);
        AttributesInit(attributes);
        var pipes = start.Detached || start.LogFile is not null ? [] : new[] { Pipe(), Pipe(), Pipe() };
        try
        {
            if (pipes.Length > 0)
            {
                AddDup2(actions, pipes[0].Read, 0);
                AddDup2(actions, pipes[1].Write, 1);
                AddDup2(actions, pipes[2].Write, 2);
            }
            else
            {
                AddOpen(actions, 0, "/dev/null", ReadOnly, 0);
                if (start.LogFile is { } log) AddOpen(actions, 1, log, WriteOnly | CreateAppend, 0x180); // 0600
                else AddOpen(actions, 1, "/dev/null", WriteOnly, 0);
                AddDup2(actions, 1, 2);
            }

            EmptySignals(signals);
            SetMask(attributes, signals);
            FillSignals(signals);
            SetDefaults(attributes, signals); // .NET ignores SIGPIPE; a child must not inherit that
            SetFlags(attributes, (short)(SetSession | SetSignalDefaults | SetSignalMask));
            using var argv = new NativeStrings(arguments);
            using var envp = new NativeStrings(Environment(start.Environment));
            var failure = Spawn(out var id, program, actions, attributes, argv.Pointer, envp.Pointer);
            if (failure != 0) throw ProcessErrors.NotStarted(start.FileName, failure);
            if (pipes.Length == 0) return (id, null, null, null);
            var streams = (id, Open(pipes[0].Write, FileAccess.Write), Open(pipes[1].Read, FileAccess.Read), Open(pipes[2].Read, FileAccess.Read));
            CloseDescriptor(pipes[0].Read);
            CloseDescriptor(pipes[1].Write);
            CloseDescriptor(pipes[2].Write);
            pipes = [];
            return streams;
        }
        finally
        {
            foreach (var (read, write) in pipes)
            {
                CloseDescriptor(read);
                CloseDescriptor(write);
            }

            FileActionsDestroy(actions);
            AttributesDestroy(attributes);
        }
    }

    public static ProcessExit WaitFor(int id)
    {
        int status;
        while (Wait(id, out status, 0) < 0)
            if (Marshal.GetLastPInvokeError() != Interrupted) return new ProcessExit(null, null);
        var signal = status & 0x7f;
        return signal == 0 ? new ProcessExit((status >> 8) & 0xff, null) : new ProcessExit(null, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    private static string Locate(ProcessStart start)
    {
        if (start.FileName.Contains('/')) return File.Exists(start.FileName) ? start.FileName : throw ProcessErrors.NotFound(start.FileName);
        var path = start.Environment.TryGetValue("PATH", out var given) ? given : System.Environment.GetEnvironmentVariable("PATH");
        return (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':')
            .Select(folder => Path.Join(folder, start.FileName))
            .FirstOrDefault(File.Exists) ?? throw ProcessErrors.NotFound(start.FileName);
    }

    private static IEnumerable<string> Environment(IReadOnlyDictionary<string, string?> changes)
    {
        var variables = System.Environment.GetEnvironmentVariables();
        foreach (System.Collections.DictionaryEntry variable in variables)
            if (!changes.ContainsKey((string)variable.Key)) yield return $"{variable.Key}={variable.Value}";
        foreach (var (name, value) in changes)
            if (value is not null) yield return $"{name}={value}";
    }

    private static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        if ((OperatingSystem.IsMacOS() ? PlainPipe(ends) : Pipe2(ends, 0x80000)) != 0) throw new IOException($"pipe: errno {Marshal.GetLastPInvokeError()}");
        if (OperatingSystem.IsMacOS())
        {
            SetDescriptorFlags(ends[0], 2, 1); // F_SETFD, FD_CLOEXEC
            SetDescriptorFlags(ends[1], 2, 1);
        }

        return (ends[0], ends[1]);
    }

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Wait(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int PlainPipe(int* ends);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SetDescriptorFlags(int descriptor, int command, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);

    /// <summary>A null-terminated array of C strings.</summary>
    private readonly ref struct NativeStrings
    {
        private readonly int _count;

        public NativeStrings(IEnumerable<string> texts)
        {
            var list = texts.ToList();
            _count = list.Count;
            Pointer = (byte**)NativeMemory.Alloc((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++) Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(list[i]);
            Pointer[_count] = null;
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
