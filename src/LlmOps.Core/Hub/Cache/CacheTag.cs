namespace LlmOps.Hub;

/// <summary>The file <c>CACHEDIR.TAG</c> that tells backup programs to leave a cache out (bford.info/cachedir).</summary>
internal static class CacheTag
{
    private const string Text =
        "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by huggingface_hub.\n# For information about cache directory tags, see:\n#\thttps://bford.info/cachedir/\n";

    public static void Ensure(string folder)
    {
        var path = Path.Join(folder, "CACHEDIR.TAG");
        if (!File.Exists(path)) State.AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(Text));
    }
}
