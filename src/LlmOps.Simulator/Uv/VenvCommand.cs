namespace LlmOps.Simulator.Uv;

/// <summary><c>uv venv PATH --python 3.12</c>.</summary>
internal static class VenvCommand
{
    private static readonly HashSet<string> WithValue = ["--python", "-p", "--prompt", "--python-preference", "--cache-dir", "--index-url"];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments, WithValue);
        var path = options.Words.FirstOrDefault() ?? ".venv";
        var version = options["--python", "-p"] ?? "3.12";
        if (version.Split('.') is not ["3", ..])
        {
            await Console.Error.WriteLineAsync($"error: No interpreter found for Python {version} in virtual environments, managed installations, or search path").ConfigureAwait(false);
            return 2;
        }

        await Console.Error.WriteLineAsync($"Using CPython {UvCommand.PythonVersion}\nCreating virtual environment at: {path}").ConfigureAwait(false);
        if (Directory.Exists(path) && options["--clear"] is null && options["--allow-existing"] is null)
        {
            await Console.Error.WriteLineAsync(
                $"error: Failed to create virtual environment\n  Caused by: A virtual environment already exists at: {path}\n\nhint: Use the `--clear` flag or set `UV_VENV_CLEAR=1` to replace the existing virtual environment").ConfigureAwait(false);
            return 2;
        }

        if (options["--clear"] is not null && Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Make(path);
        await Console.Error.WriteLineAsync($"Activate with: source {path}/bin/activate").ConfigureAwait(false);
        return 0;
    }

    private static void Make(string path)
    {
        var bin = Path.Join(path, "bin");
        Directory.CreateDirectory(Path.Join(path, "lib/python3.12/site-packages"));
        Directory.CreateDirectory(bin);
        foreach (var name in new[] { "python", "python3", "python3.12" })
            if (!File.Exists(Path.Join(bin, name))) File.CreateSymbolicLink(Path.Join(bin, name), Environment.ProcessPath!);
        File.WriteAllText(Path.Join(bin, "activate"), $"VIRTUAL_ENV='{Path.GetFullPath(path)}'; export VIRTUAL_ENV\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"; export PATH\n");
        File.WriteAllText(Path.Join(path, "pyvenv.cfg"), $"home = /usr/bin\nimplementation = CPython\nuv = {UvCommand.Version}\nversion_info = {UvCommand.PythonVersion}\ninclude-system-site-packages = false\n");
    }
}
