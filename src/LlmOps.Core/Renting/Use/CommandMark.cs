using LlmOps.Protocol.Operations;

namespace LlmOps.Renting;

/// <summary>
/// Marks in the guard's folder that a command is at work over LlmOps' own connection: the file <c>used</c> is locked, shared, as long as one is, and its time is
/// that of the last. A lock ends with its process, however that ends.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class CommandMark(string file)
{
    private const int Tries = 20; // the guard holds the file for the length of a look
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // Whoever only looks does not use the machine: a watch that was left running, or a tunnel that finds its server again, would keep it for ever.
    private static readonly HashSet<string> Looks = new(StringComparer.Ordinal)
    {
        GuardOperations.Arm.Name, GuardOperations.Set.Name, GuardOperations.Disarm.Name, GuardOperations.Status.Name, GpuOperations.Memory.Name, GpuOperations.Watch.Name,
        ServerOperations.List.Name, ServerOperations.Get.Name, ServerOperations.ApiKey.Name, ServerOperations.Log.Name,
    };

    /// <summary>Marks the beginning of a command; its end is marked by disposing what is returned. Null where the command is no use, or the machine has no guard.</summary>
    /// <param name="operation">The operation's name.</param>
    public IDisposable? Begin(string operation)
    {
        if (Looks.Contains(operation) || !Directory.Exists(Path.GetDirectoryName(file))) return null;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return new Mark(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite), file);
                }
                catch (IOException) when (attempt < Tries)
                {
                    Thread.Sleep(Pause);
                }
            }
        }
        catch (Exception unmarked) when (unmarked is IOException or UnauthorizedAccessException)
        {
            return null; // a command is not refused because its mark can't be made
        }
    }

    private sealed class Mark : IDisposable
    {
        private readonly FileStream _held;
        private readonly string _file;

        public Mark(FileStream held, string file)
        {
            _held = held;
            _file = file;
            Touch();
        }

        public void Dispose()
        {
            Touch();
            _held.Dispose();
        }

        private void Touch()
        {
            try
            {
                File.SetLastWriteTimeUtc(_file, DateTime.UtcNow);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // The machine is about to end, and its guard's folder is gone.
            }
        }
    }
}
