using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Build;

/// <summary>Remembers by a hash what a product was made of.</summary>
/// <param name="product">The product's name.</param>
/// <param name="folders">The folders of its sources.</param>
internal sealed class ContentStamp(string product, params string[] folders)
{
    private static readonly string[] Common = ["Directory.Build.props", "Directory.Packages.props"];

    private readonly string _file = FileOf(product);
    private readonly string _hash = Hash(folders);

    /// <summary>True if the product was last made of the same sources.</summary>
    public bool IsCurrent => File.Exists(_file) && File.ReadAllText(_file) == _hash;

    /// <summary>Remembers the sources of now.</summary>
    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllText(_file, _hash);
    }

    /// <summary>Has the product made anew the next time.</summary>
    public static void Forget(string product)
    {
        if (Path.Exists(FileOf(product))) File.Delete(FileOf(product));
    }

    private static string FileOf(string product) => Path.Join(Checkout.Out, "stamps", product);

    private static string Hash(IEnumerable<string> folders)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(RuntimeInformation.FrameworkDescription));
        foreach (var file in folders.SelectMany(Sources).Concat(Common.Select(name => Checkout.PathOf(name))).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(Checkout.Root, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Checkout.PathOf(folder)).Concat(
            Directory.EnumerateDirectories(Checkout.PathOf(folder)).Where(child => Path.GetFileName(child) is not ("bin" or "obj"))
                .SelectMany(child => Directory.EnumerateFiles(child, "*", SearchOption.AllDirectories)));
}
