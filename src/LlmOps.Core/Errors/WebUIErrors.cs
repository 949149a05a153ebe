using System.Globalization;
using System.Net;

namespace LlmOps;

/// <summary>The failures of Open WebUI.</summary>
public static class WebUIErrors
{
    /// <summary>No Open WebUI of that name was started here.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException NotFound(string name) => new(
        "OpenWebUINotFound", ErrorKind.ObjectNotFound, $"There is no Open WebUI named '{name}'.", "List them with Get-OpenWebUI, or start one: Get-LlmTunnel | Start-OpenWebUI", name);

    /// <summary>A container of that name is there already.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException Exists(string name) => new(
        "OpenWebUIExists", ErrorKind.ResourceExists, $"A container named '{name}' is there already.", $"Choose another -Name, or end it: Stop-OpenWebUI '{name}'", name);

    /// <summary>The text can't be the name of a container.</summary>
    /// <param name="name">The text.</param>
    public static LlmOpsException NameInvalid(string name) => new(
        "OpenWebUINameInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of a container.", "Use letters, digits, '-', '_' and '.', 64 at the most, beginning with a letter or a digit.", name);

    /// <summary>The port of the page is taken.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">The address.</param>
    public static LlmOpsException PortInUse(int port, IPAddress address) => new(
        "OpenWebUIPortInUse", ErrorKind.ResourceBusy, $"Port {port} of {address} can't be used for the page: it is in use, or the address is none of this machine.",
        "Leave -Port out to have the first free port from 3000 taken, or choose another.", port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Other machines could use the page without signing in.</summary>
    /// <param name="address">The address.</param>
    public static LlmOpsException AuthNeeded(IPAddress address) => new(
        "OpenWebUIAuthNeeded", ErrorKind.SecurityError, $"Without sign-in the page may be on loopback only, and {address} is reached by other machines.",
        "Add -Credential (Get-Credential) so that people sign in, or leave -BindAddress out.", address.ToString());

    /// <summary>Other machines could reach the page, and nobody has said that they may.</summary>
    /// <param name="address">The address.</param>
    public static LlmOpsException RemoteNotAllowed(IPAddress address) => new(
        "OpenWebUIRemoteNotAllowed", ErrorKind.SecurityError, $"Other machines could reach the page at {address}.",
        "Leave -BindAddress out to have it on this machine only, or add -AllowRemote if that is what you want.", address.ToString());

    /// <summary>The administrator's name is no e-mail address, which is what people sign in with.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException EmailInvalid(string name) => new(
        "OpenWebUIEmailInvalid", ErrorKind.InvalidArgument, $"'{name}' is no e-mail address, and Open WebUI signs people in by theirs.", "Give one as the user name, for example: -Credential admin@example.com", name);

    /// <summary>The text can't be the name of a variable.</summary>
    /// <param name="name">The text.</param>
    public static LlmOpsException VariableInvalid(string name) => new(
        "OpenWebUIVariableInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of an environment variable.", "Use letters, digits and '_', for example: -Environment @{ WEBUI_NAME = 'Ours' }", name);

    /// <summary>The endpoint is on this machine's loopback, which in a container is the container's own.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="bridge">Where containers look for this machine.</param>
    public static LlmOpsException EndpointOnLoopback(Uri endpoint, IPAddress bridge) => new(
        "OpenWebUIEndpointOnLoopback", ErrorKind.InvalidArgument, $"{endpoint} is in a container the container itself, and what listens on loopback here is not reached from there.",
        $"Let it listen on {bridge} too, or take a tunnel to it: New-GpuRig -Local | New-LlmTunnel -RemotePort {endpoint?.Port} | Start-OpenWebUI", endpoint?.ToString());

    /// <summary>The endpoint's address holds a password, which everybody would see.</summary>
    /// <param name="host">The endpoint's host.</param>
    public static LlmOpsException EndpointWithPassword(string host) => new(
        "OpenWebUIEndpointWithPassword", ErrorKind.SecurityError, $"The address of {host} holds a user or a password, which everybody on this machine would see.", "Leave it out of -Endpoint, and give the key with -ApiKey.", host);

    /// <summary>A file would be lost.</summary>
    /// <param name="path">The file.</param>
    public static LlmOpsException FileExists(string path) => new(
        "OpenWebUIFileExists", ErrorKind.ResourceExists, $"'{path}' is there already.", "Choose another -Path, or add -Force to replace it.", path);

    /// <summary>The time to wait is none that can be waited.</summary>
    /// <param name="timeout">The time.</param>
    public static LlmOpsException TimeoutInvalid(TimeSpan timeout) => new(
        "OpenWebUITimeoutInvalid", ErrorKind.InvalidArgument, $"-Timeout cannot be {timeout}.", "Give a time above zero and up to an hour, such as 600 (seconds).", timeout.ToString());

    /// <summary>The container ended.</summary>
    /// <param name="name">The name.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="log">The last line of its log.</param>
    public static LlmOpsException Failed(string name, string exitCode, string log) => new(
        "OpenWebUIFailed", ErrorKind.InvalidResult, $"Open WebUI '{name}' ended with exit code {exitCode} while it started. Its last line: {log}",
        "Check -Image and -Environment; what an image of Open WebUI must have is /bin/sh and a page at port 8080.", name);

    /// <summary>The page does not answer in time.</summary>
    /// <param name="name">The name.</param>
    /// <param name="page">Its address.</param>
    /// <param name="limit">How long was waited.</param>
    /// <param name="log">The last line of its log.</param>
    public static LlmOpsException NotReady(string name, Uri page, TimeSpan limit, string log) => new(
        "OpenWebUINotReady", ErrorKind.OperationTimeout, string.Create(CultureInfo.InvariantCulture, $"Open WebUI '{name}' did not answer at {page} within {limit.TotalSeconds:0} s. Its last line: {log}"),
        "Give it longer, for example: -Timeout 900", name);

    /// <summary>The page answers, and the model is not in it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="model">The model.</param>
    /// <param name="endpoint">The API, as the container knows it.</param>
    /// <param name="limit">How long was waited.</param>
    public static LlmOpsException ModelNotListed(string name, string model, Uri endpoint, TimeSpan limit) => new(
        "OpenWebUIModelNotListed", ErrorKind.ConnectionError,
        string.Create(CultureInfo.InvariantCulture, $"Open WebUI '{name}' answers, and did not list {model} within {limit.TotalSeconds:0} s: it does not reach {endpoint}, or gets no list of models there."),
        $"A firewall of this machine may stop containers. Let them in: sudo ufw allow in on docker0 to any port {endpoint?.Port} proto tcp", model);
}
