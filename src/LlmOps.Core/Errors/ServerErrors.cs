using LlmOps.Diagnosis;
using LlmOps.Engines;
using LlmOps.Preflight;

namespace LlmOps;

/// <summary>The failures of serving models.</summary>
public static class ServerErrors
{
    /// <summary>The rig has no server of that name.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException NotFound(string name) => new(
        "ServerNotFound", ErrorKind.ObjectNotFound, $"There is no server named '{name}'.",
        "List the servers with Get-LlmServer, or start one with Start-VllmServer.", name);

    /// <summary>A server of that name lives already.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException Exists(string name) => new(
        "ServerExists", ErrorKind.ResourceExists, $"A server named '{name}' runs on the rig already.",
        $"Choose another -Name, or end it with Stop-LlmServer '{name}'.", name);

    /// <summary>Several rigs have a server of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="rigs">The rigs.</param>
    public static LlmOpsException Ambiguous(string name, IEnumerable<string> rigs) => new(
        "ServerAmbiguous", ErrorKind.InvalidArgument, $"Several rigs have a server named '{name}': {string.Join(", ", rigs)}.",
        $"Say which: -Rig NAME, or pipe it: Get-LlmServer '{name}' -Rig NAME | ...", name);

    /// <summary>It was not said on which rig.</summary>
    /// <param name="known">How many rigs are known.</param>
    public static LlmOpsException RigRequired(int known) => new(
        "RigRequired", ErrorKind.InvalidArgument, known == 0 ? "No rig is known." : $"{known} rigs are known, and it was not said which to use.",
        known == 0 ? "Attach one with New-GpuRig." : "Say which with -Rig NAME.");

    /// <summary>The text cannot be the name of a server.</summary>
    /// <param name="name">The text.</param>
    public static LlmOpsException InvalidName(string name) => new(
        "ServerNameInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of a server.",
        "Use letters, digits, '-', '_' and '.', 64 at the most, beginning with a letter or a digit.", name);

    /// <summary>The server still lives.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException Running(string name) => new(
        "ServerRunning", ErrorKind.InvalidOperation, $"The server '{name}' still runs.", $"End it first: Stop-LlmServer '{name}'.", name);

    /// <summary>The supervisor could not be started.</summary>
    /// <param name="name">The server.</param>
    public static LlmOpsException SupervisorNotStarted(string name) => new(
        "SupervisorNotStarted", ErrorKind.ResourceUnavailable, $"The supervisor of server '{name}' did not start on the rig.",
        "Look whether the rig has processes, memory and disk left (Test-GpuRig), then run the command again.", name);

    /// <summary>The engine ended by itself before or after it was ready.</summary>
    /// <param name="server">The server.</param>
    /// <param name="logTail">The last lines of its log.</param>
    public static LlmOpsException Failed(LlmServer server, IReadOnlyList<string> logTail)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(logTail);
        var code = server.ExitCode is { } known ? $" with exit code {known}" : "";
        return new LlmOpsException(
            "ServerFailed", ErrorKind.OperationStopped, $"The server '{server.Name}' ended{code}: {Told(server)}{TailOf(logTail)}",
            $"{Advice(server.Diagnosis)}Read the whole log with Get-LlmServerLog '{server.Name}'.", server.Name);
    }

    /// <summary>The server makes no progress while it starts.</summary>
    /// <param name="server">The server.</param>
    /// <param name="stopped">True if it was stopped for that.</param>
    public static LlmOpsException Hangs(LlmServer server, bool stopped)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new LlmOpsException(
            "ServerHangs", ErrorKind.OperationTimeout, $"The server '{server.Name}' does not start. {server.Diagnosis}{(stopped ? " It was stopped." : "")}",
            $"{Advice(server.Diagnosis)}{(stopped ? "" : $"Wait on with Wait-LlmServer '{server.Name}', or end it with Stop-LlmServer '{server.Name}'.")}", server.Name);
    }

    /// <summary>There is no such log file.</summary>
    /// <param name="path">The path.</param>
    public static LlmOpsException LogNotFound(string path) => new(
        "LogNotFound", ErrorKind.ObjectNotFound, $"There is no file '{path}'.", "Give the path of a log file, pipe its text, or name a server: Resolve-LlmFailure -Server NAME.", path);

    /// <summary>The log file can't be read.</summary>
    /// <param name="path">The path.</param>
    /// <param name="inner">Why.</param>
    public static LlmOpsException LogUnreadable(string path, Exception inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return new LlmOpsException("LogUnreadable", ErrorKind.PermissionDenied, $"'{path}' can't be read: {inner.Message}", $"Make '{path}' readable for you, or pipe its text.", path, inner);
    }

    /// <summary>A second start was wished for, and nobody waits to see the first one fail.</summary>
    public static LlmOpsException AutoFitNeedsWait() => new(
        "AutoFitNeedsWait", ErrorKind.InvalidArgument, "-AutoFit can't be used with -NoWait: whether a start has to be repeated is known only after waiting.", "Leave one of them out.");

    /// <summary>A check of the rig says that the start can't succeed.</summary>
    /// <param name="checks">The checks that failed.</param>
    public static LlmOpsException PreflightFailed(IReadOnlyList<RigCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return new LlmOpsException(
            "PreflightFailed", ErrorKind.ResourceUnavailable, $"Nothing was started: {string.Join(" ", checks.Select(check => $"{check.Name}: {check.Seen}"))}",
            $"Mend the rig: {string.Join(" ", checks.Select(check => check.Remedy))} Or start it all the same with -Force.", checks[0].Name);
    }

    /// <summary>The server was ended by somebody while it was waited for.</summary>
    /// <param name="name">The server.</param>
    public static LlmOpsException Stopped(string name) => new(
        "ServerStopped", ErrorKind.OperationStopped, $"The server '{name}' was stopped before it was ready.", $"Start it again: Restart-LlmServer '{name}'.", name);

    /// <summary>The server was not ready in time and goes on starting.</summary>
    /// <param name="name">The server.</param>
    /// <param name="limit">How long it was waited for.</param>
    /// <param name="phase">What it was doing.</param>
    public static LlmOpsException WaitTimedOut(string name, TimeSpan limit, string? phase) => new(
        "ServerWaitTimedOut", ErrorKind.OperationTimeout, $"The server '{name}' was not ready within {limit.TotalSeconds:0} s{Doing(phase)}.",
        $"Wait longer with Wait-LlmServer '{name}' -TimeoutSeconds 3600, look at Get-LlmServerLog '{name}' -Tail 50, or end it with Stop-LlmServer '{name}'.", name);

    /// <summary>The server was not ready in time and was stopped.</summary>
    /// <param name="name">The server.</param>
    /// <param name="limit">How long it was waited for.</param>
    /// <param name="phase">What it was doing.</param>
    public static LlmOpsException StartTimedOut(string name, TimeSpan limit, string? phase) => new(
        "ServerStartTimedOut", ErrorKind.OperationTimeout, $"The server '{name}' was not ready within {limit.TotalSeconds:0} s{Doing(phase)}. It was stopped.",
        $"See what it waited for with Get-LlmServerLog '{name}' -Tail 50, or give it longer: Restart-LlmServer '{name}' -TimeoutSeconds 3600.", name);

    /// <summary>The port is taken on the rig.</summary>
    /// <param name="port">The port.</param>
    /// <param name="holder">Who has it, or null.</param>
    public static LlmOpsException PortInUse(int port, string? holder) => new(
        "PortInUse", ErrorKind.ResourceBusy, $"Port {port} of the rig is in use by {holder ?? "another process"}.",
        "Leave -Port out to have the first free port from 8000 taken, or choose another.", port.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>No port was free.</summary>
    /// <param name="first">The first that was tried.</param>
    /// <param name="last">The last that was tried.</param>
    public static LlmOpsException NoFreePort(int first, int last) => new(
        "NoFreePort", ErrorKind.ResourceBusy, $"None of the ports {first} to {last} of the rig is free.", "Choose a free one with -Port.");

    /// <summary>More GPUs were asked for than there are.</summary>
    /// <param name="size">How many were asked for.</param>
    /// <param name="gpus">How many there are.</param>
    public static LlmOpsException TensorParallelTooLarge(int size, int gpus) => new(
        "TensorParallelTooLarge", ErrorKind.InvalidArgument, $"A tensor parallel size of {size} needs {size} GPUs; the rig has {gpus}.",
        $"Use -TensorParallelSize {gpus}, or leave it out to use all GPUs.", size.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The model's attention heads can't be spread evenly over so many GPUs.</summary>
    /// <param name="size">How many GPUs.</param>
    /// <param name="heads">How many attention heads the model has.</param>
    /// <param name="legal">The sizes that are possible on this rig.</param>
    public static LlmOpsException TensorParallelDoesNotDivide(int size, int heads, IReadOnlyList<int> legal)
    {
        ArgumentNullException.ThrowIfNull(legal);
        return new LlmOpsException(
            "TensorParallelDoesNotDivide", ErrorKind.InvalidArgument,
            $"The model has {heads} attention heads; they can't be spread evenly over {size} GPUs. Possible sizes: {string.Join(", ", legal)}.",
            $"Use -TensorParallelSize {legal[^1]}.", size.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>There is no such model folder on the rig.</summary>
    /// <param name="path">The folder.</param>
    public static LlmOpsException ModelNotFound(string path) => new(
        "ModelNotFound", ErrorKind.ObjectNotFound, $"There is no model at '{path}' on the rig.",
        "Put it there with Get-HfModel MODEL -Rig RIG and pipe that on, or give the Hub's id.", path);

    /// <summary>The text is neither a Hub id nor a path.</summary>
    /// <param name="model">The text.</param>
    public static LlmOpsException ModelInvalid(string model) => new(
        "ModelNameInvalid", ErrorKind.InvalidArgument, $"'{model}' is neither a model of the Hub nor a path on the rig.",
        "Write it as OWNER/NAME, such as Qwen/Qwen2.5-7B-Instruct, or as an absolute path.", model);

    /// <summary>The text is no context length.</summary>
    /// <param name="text">The text.</param>
    public static LlmOpsException ContextLengthInvalid(string text) => new(
        "ContextLengthInvalid", ErrorKind.InvalidArgument, $"'{text}' is not a context length.",
        "Write a number of tokens, such as 32768, 32k (32,000) or 32K (32,768), or 'auto'.", text);

    /// <summary>A flag was given that a parameter of the cmdlet, or LlmOps itself, decides.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="instead">What to do instead.</param>
    public static LlmOpsException ArgumentOwned(string flag, string instead) => new(
        "EngineArgumentNotAllowed", ErrorKind.InvalidArgument, $"'{flag}' can't be given in -Argument.", instead, flag);

    private static string Told(LlmServer server) =>
        server.Diagnosis is { Rule: not null, Line: { } line } known ? $"{known.Cause} The log says: {line}" : server.FailureCause ?? server.Diagnosis?.Cause ?? "";

    private static string Advice(LlmDiagnosis? diagnosis) =>
        diagnosis is null ? "" : (diagnosis.Argument is { } argument ? $"Start it with {argument}{(diagnosis.CanAutoFit ? " (-AutoFit does that by itself)" : "")}. " : "") + string.Concat(diagnosis.Remedy.Select(step => step + " "));

    private static string TailOf(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? "" : $"{Environment.NewLine}The end of its log:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}";

    private static string Doing(string? phase) => phase is null ? "" : $"; it was {phase}";
}
