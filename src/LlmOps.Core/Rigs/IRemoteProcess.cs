namespace LlmOps.Rigs;

/// <summary>A process on the other side of a link. Disposing it closes its input and output; it does not kill it.</summary>
public interface IRemoteProcess : IAsyncDisposable
{
    /// <summary>What it reads. Dispose the stream to send end of file.</summary>
    Stream StandardInput { get; }

    /// <summary>What it writes.</summary>
    Stream StandardOutput { get; }

    /// <summary>What it writes as errors. Must be read, or the process may wait.</summary>
    Stream StandardError { get; }

    /// <summary>Its exit code; null if it was ended by a signal or the link is gone.</summary>
    Task<int?> ExitCode { get; }
}
