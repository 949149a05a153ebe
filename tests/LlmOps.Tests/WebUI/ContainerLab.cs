using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LlmOps.Tests.WebUI;

/// <summary>
/// A Podman with storage of its own, which is gone with the tests, and its service behind a socket that Docker's program talks to. The images are made of what this machine has:
/// its shell, and the simulator that stands in for Open WebUI.
/// </summary>
internal sealed partial class ContainerLab : IDisposable
{
    /// <summary>The image that stands in for Open WebUI.</summary>
    public const string Image = "localhost/llmops/open-webui:simulated";

    /// <summary>An image whose program ends at once.</summary>
    public const string BrokenImage = "localhost/llmops/open-webui:broken";

    private static readonly Lazy<ContainerLab> s_lab = new(() => new ContainerLab());

    private readonly string _folder = Directory.CreateTempSubdirectory("llmops-containers-").FullName;
    private readonly string? _whyNot;
    private Process? _service;

    private ContainerLab()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        Environment = new Dictionary<string, string>
        {
            ["CONTAINERS_CONF"] = Path.Join(_folder, "containers.conf"),
            ["CONTAINERS_STORAGE_CONF"] = Path.Join(_folder, "storage.conf"),
            ["DOCKER_HOST"] = $"unix://{_folder}/docker.sock",
        };
        _whyNot = Look();
        Remove(); // most runs only ask
    }

    /// <summary>Why no container runs here, or null where they do.</summary>
    public static string? WhyNot => Instance._whyNot;

    /// <summary>The one lab of this process.</summary>
    public static ContainerLab Instance => s_lab.Value;

    /// <summary>Whether Docker's own program is here, to talk to it.</summary>
    public static bool HasDocker => Programs("docker");

    /// <summary>What makes the engines' programs use this lab.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Makes the images and opens the socket, once.</summary>
    public void EnsureStarted()
    {
        if (_service is not null) return;
        Prepare();
        _service = Start("podman", ["system", "service", "--time", "0", Environment["DOCKER_HOST"]]);
        _ = _service.StandardOutput.ReadToEndAsync();
        _ = _service.StandardError.ReadToEndAsync();
        var root = Root();
        var simulator = Path.Join(BuiltModule.Bin, "simulator", $"linux-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}".ToLowerInvariant(), "llmops-simulator");
        Place(root, simulator, "/usr/bin/open-webui");
        Import(root, Image, "CMD [\"/usr/bin/open-webui\"]");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Join(_folder, "docker.sock")), TimeSpan.FromMinutes(1)), "Podman's service opens its socket");
        Import(root, BrokenImage, "CMD [\"/bin/sh\", \"-c\", \"echo 'No space left on device' >&2; exit 3\"]");
    }

    /// <summary>Runs a program to its end.</summary>
    public (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public void Dispose()
    {
        if (!Directory.Exists(_folder)) return;
        if (_whyNot is null) Run("podman", "rm", "--all", "--force", "--volumes");
        _service?.Kill();
        _service?.Dispose();
        Remove();
    }

    private static bool Programs(string name) => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Join(folder, name)));

    private void Prepare()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Join(_folder, "containers.conf"), $"""
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            tmp_dir = "{_folder}/tmp"
            {(Programs("runc") ? "runtime = \"runc\"" : "")}
            """);
        File.WriteAllText(Path.Join(_folder, "storage.conf"), $"""
            [storage]
            driver = "vfs"
            graphroot = "{_folder}/storage"
            runroot = "{_folder}/run"
            """);
    }

    private void Remove()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // a mount that the kernel has not let go yet; the folder is the system's temporary one
        }
    }

    private string? Look()
    {
        if (!OperatingSystem.IsLinux()) return "Containers are tested on Linux.";
        if (!System.Environment.IsPrivilegedProcess) return "Containers are tested as root.";
        if (!Programs("podman")) return "'podman' is not installed.";
        Prepare();
        var run = Run("podman", "run", "--rm", "--rootfs", Root(), "/bin/sh", "-c", "exit 0");
        return run.ExitCode == 0 ? null : "Podman can't run containers here: " + run.Output.Trim().Split('\n')[^1];
    }

    /// <summary>A root file system with a shell.</summary>
    private string Root()
    {
        var root = Path.Join(_folder, "root");
        if (Directory.Exists(root)) return root;
        foreach (var folder in new[] { "etc", "tmp", "proc", "sys", "dev", "run" }) Directory.CreateDirectory(Path.Join(root, folder));
        Place(root, "/bin/sh", "/bin/sh");
        Place(root, "/bin/cat", "/bin/cat");
        return root;
    }

    /// <summary>Copies a program and the libraries that it needs.</summary>
    private void Place(string root, string program, string to)
    {
        Copy(root, program, to);
        foreach (Match library in Library().Matches(Run("ldd", program).Output)) Copy(root, library.Value, library.Value);
    }

    private static void Copy(string root, string from, string to)
    {
        var target = root + to;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(from, target, overwrite: true); // follows links
    }

    private void Import(string root, string image, string command)
    {
        var archive = Path.Join(_folder, "image.tar");
        Assert.Equal(0, Run("tar", "-C", root, "-cf", archive, ".").ExitCode);
        Assert.Equal(0, Run("podman", "import", "--change", command, "--change", "ENV PATH=/bin:/usr/bin", archive, image).ExitCode);
        File.Delete(archive);
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"/\S+(?= \()")]
    private static partial Regex Library();
}
