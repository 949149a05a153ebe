namespace LlmOps.Hub;

/// <summary>How the bytes of large files come.</summary>
public enum HfTransport
{
    /// <summary>The faster way, found by trying both.</summary>
    Auto,

    /// <summary>Ranges of the file over HTTP.</summary>
    Http,

    /// <summary>Compressed chunks from Xet storage, put together here.</summary>
    Xet,
}
