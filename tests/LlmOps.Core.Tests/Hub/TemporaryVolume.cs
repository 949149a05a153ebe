using System.Diagnostics;
using System.Globalization;

namespace LlmOps.Hub.Tests;

/// <summary>A small volume in memory (tmpfs), mounted until the test ends.</summary>
internal sealed class TemporaryVolume : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Mounts it.</summary>
    /// <param name="size">Its size in bytes.</param>
    public TemporaryVolume(long size) => Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={size}"), "llmops-test", Path);

    public string Path => _folder.Path;

    /// <summary>Lets nobody write to it any more.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
