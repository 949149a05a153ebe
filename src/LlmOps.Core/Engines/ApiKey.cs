using System.Buffers.Text;
using System.Security.Cryptography;

namespace LlmOps.Engines;

/// <summary>Keys that servers ask their clients for.</summary>
public static class ApiKey
{
    private const int RandomBytes = 32;

    /// <summary>A new key: 256 random bits.</summary>
    public static string Create() => "sk-llmops-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
}
