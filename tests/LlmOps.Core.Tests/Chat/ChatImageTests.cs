using LlmOps.Chat;

namespace LlmOps.Core.Tests.Chat;

public sealed class ChatImageTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("89504E470D0A1A0A00", "image/png")]
    [InlineData("FFD8FFE000", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("524946460000000057454250", "image/webp")]
    [InlineData("424D00", "image/bmp")]
    public async Task A_picture_becomes_a_data_url_of_its_true_type(string hex, string type)
    {
        var bytes = Convert.FromHexString(hex);
        await File.WriteAllBytesAsync(_path, bytes);

        Assert.Equal($"data:{type};base64,{Convert.ToBase64String(bytes)}", (await ChatImage.LoadAsync(_path, default)).OriginalString);
    }

    [Fact]
    public async Task A_large_picture_fits_into_an_address()
    {
        var bytes = new byte[3 * 1024 * 1024];
        Convert.FromHexString("89504E470D0A1A0A").CopyTo(bytes, 0);
        await File.WriteAllBytesAsync(_path, bytes);

        Assert.EndsWith(Convert.ToBase64String(bytes), (await ChatImage.LoadAsync(_path, default)).OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused()
    {
        await File.WriteAllTextAsync(_path, "%PDF-1.7");
        Assert.Equal("ImageUnsupported", (await Assert.ThrowsAsync<LlmOpsException>(() => ChatImage.LoadAsync(_path, default))).ErrorId);
        Assert.Equal("ImageNotFound", (await Assert.ThrowsAsync<LlmOpsException>(() => ChatImage.LoadAsync(_path + "x", default))).ErrorId);
        await using (var large = File.OpenWrite(_path)) large.SetLength(ChatImage.MaxBytes + 1);
        Assert.Equal("ImageTooLarge", (await Assert.ThrowsAsync<LlmOpsException>(() => ChatImage.LoadAsync(_path, default))).ErrorId);
    }
}
