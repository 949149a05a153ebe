namespace LlmOps.Chat;

/// <summary>Makes a picture fit to be sent: an address as it is, a file as a data URL whose type its first bytes tell.</summary>
public static class ChatImage
{
    /// <summary>The largest file that is sent, in bytes.</summary>
    public const long MaxBytes = 20 * 1024 * 1024;

    /// <summary>True for a text that is an address and not a file.</summary>
    /// <param name="text">The text.</param>
    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "data";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="LlmOpsException"><c>ImageNotFound</c>, <c>ImageTooLarge</c> or <c>ImageUnsupported</c>.</exception>
    public static async Task<Uri> LoadAsync(string path, CancellationToken cancel)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw ChatErrors.ImageNotFound(path);
        if (file.Length > MaxBytes) throw ChatErrors.ImageTooLarge(path, file.Length, MaxBytes);
        var bytes = await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false);
        var type = TypeOf(bytes) ?? throw ChatErrors.ImageUnsupported(path);
        return new Uri($"data:{type};base64,{Convert.ToBase64String(bytes)}");
    }

    /// <summary>The media type that the first bytes of a file tell, or null for a file that models do not take.</summary>
    /// <param name="bytes">The file.</param>
    internal static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(PngSignature) ? "image/png"
        : bytes.StartsWith(JpegSignature) ? "image/jpeg"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "image/gif"
        : bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : bytes.StartsWith("BM"u8) ? "image/bmp"
        : null;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];
}
