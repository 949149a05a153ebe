using System.Formats.Tar;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using LlmOps.State;

namespace LlmOps.WebUI;

/// <summary>
/// The way of secrets into a container: a piece of shell that sets variables, copied into the container before it starts and read there by the command that starts the program. So they are in no
/// argument, not in what <c>inspect</c> shows, and in no file of this machine outside the engine's own storage.
/// </summary>
internal static partial class SecretScript
{
    /// <summary>Where it lies in a container.</summary>
    public const string Path = "/.llmops-openwebui.env";

    /// <summary>The command that reads a script and becomes the program, to be followed by a name and the program's words.</summary>
    /// <param name="path">Where the script lies.</param>
    public static string Loader(string path) => $". {path} && exec \"$@\"";

    /// <summary>True where a text can be the name of a variable.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>The script.</summary>
    /// <param name="variables">The variables.</param>
    public static byte[] Write(IEnumerable<(string Name, SecureString Value)> variables)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in variables) text.Append("export ").Append(name).Append('=').Append(Quote(SecureText.Reveal(value))).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The script in an archive that is unpacked at the container's root.</summary>
    /// <param name="script">The script.</param>
    /// <param name="forRoot">Whether root alone has to read it in the container.</param>
    public static byte[] Pack(byte[] script, bool forRoot)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        using (var content = new MemoryStream(script))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, Path.TrimStart('/'))
            {
                DataStream = content,
                Mode = forRoot ? UnixFileMode.UserRead : UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            });
        return archive.ToArray();
    }

    // POSIX shell, "Single-Quotes": nothing inside is special but the quote itself.
    private static string Quote(string value) => $"'{value.Replace("\0", "", StringComparison.Ordinal).Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Name();
}
