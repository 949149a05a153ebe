namespace LlmOps;

/// <summary>The failures of reaching a machine by SSH.</summary>
public static class SshErrors
{
    /// <summary>The name of the host has no address.</summary>
    /// <param name="host">The host.</param>
    /// <param name="inner">The resolver's failure.</param>
    public static LlmOpsException HostNotResolved(string host, Exception? inner = null) => new(
        "HostNotResolved", ErrorKind.ObjectNotFound, $"The host '{host}' has no address.",
        "Check the spelling of -HostName, the alias in ~/.ssh/config and the name server.", host, inner);

    /// <summary>Nothing listens at the SSH port, or the network can't get there.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="inner">The socket's failure.</param>
    public static LlmOpsException ConnectionRefused(string host, int port, Exception? inner = null) => new(
        "ConnectionRefused", ErrorKind.ConnectionError, $"No SSH server can be reached at {host}, port {port}{(inner is null ? "" : ": " + inner.Message)}",
        "Check -Port against the address that the provider shows now (it changes when a machine is restarted), and that the machine runs.", host, inner);

    /// <summary>The host did not answer in time.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="limit">How long was waited.</param>
    public static LlmOpsException ConnectTimeout(string host, int port, TimeSpan limit) => new(
        "ConnectTimeout", ErrorKind.OperationTimeout, $"{host}, port {port}, did not answer within {limit.TotalSeconds:0} s.",
        "Check that the machine runs and that no firewall drops the port; ConnectTimeout in ~/.ssh/config allows longer.", host);

    /// <summary>What answers is not an SSH server, or the two sides have no common ground.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="detail">What went wrong.</param>
    /// <param name="inner">The failure underneath.</param>
    public static LlmOpsException HandshakeFailed(string host, int port, string detail, Exception? inner = null) => new(
        "SshHandshakeFailed", ErrorKind.ConnectionError, $"No SSH connection to {host}, port {port}, came about: {detail}",
        $"Try 'ssh -v -p {port} {host}' to see what the server says.", host, inner);

    /// <summary>The server accepts nothing of what was offered.</summary>
    /// <param name="login">The login, as <c>user@host:port</c>.</param>
    /// <param name="offered">What was offered, in words, never a secret.</param>
    /// <param name="inner">The failure underneath.</param>
    public static LlmOpsException AuthenticationFailed(string login, IReadOnlyCollection<string> offered, Exception? inner = null) => new(
        "AuthenticationFailed", ErrorKind.AuthenticationError,
        $"{login} does not let us in. Offered: {(offered.Count == 0 ? "nothing, because no key was found" : string.Join("; ", offered))}.",
        "Give the right key with -IdentityFile and the right login with -UserName, or put your public key where the provider asks for it.", login, inner);

    /// <summary>A key is encrypted and nobody could be asked for its passphrase.</summary>
    /// <param name="file">The key's file.</param>
    public static LlmOpsException PassphraseMissing(string file) => new(
        "PassphraseMissing", ErrorKind.AuthenticationError, $"The key '{file}' is encrypted, and no passphrase was given.",
        $"Run in an interactive session, or load the key into the agent first: ssh-add '{file}'", file);

    /// <summary>The passphrase does not open the key.</summary>
    /// <param name="file">The key's file.</param>
    public static LlmOpsException PassphraseWrong(string file) => new(
        "PassphraseWrong", ErrorKind.AuthenticationError, $"The passphrase does not open the key '{file}'.",
        $"Run the command again, or load the key into the agent: ssh-add '{file}'", file);

    /// <summary>There is no such key file.</summary>
    /// <param name="file">The path.</param>
    public static LlmOpsException IdentityFileNotFound(string file) => new(
        "IdentityFileNotFound", ErrorKind.ObjectNotFound, $"There is no key file '{file}'.",
        "Check -IdentityFile, or make a key with: ssh-keygen -t ed25519", file);

    /// <summary>The key file can't be read or is no private key.</summary>
    /// <param name="file">The path.</param>
    /// <param name="inner">Why.</param>
    public static LlmOpsException IdentityFileUnreadable(string file, Exception inner) => new(
        "IdentityFileUnreadable", ErrorKind.InvalidArgument, $"The key file '{file}' can't be used: {inner.Message}",
        "Give a private key in OpenSSH, PEM, PKCS#8 or PuTTY format that you may read.", file, inner);

    /// <summary>RunPod's proxied address carries no forwarding.</summary>
    /// <param name="host">The host.</param>
    public static LlmOpsException RunPodProxyUnsupported(string host) => new(
        "RunPodProxyUnsupported", ErrorKind.InvalidArgument,
        $"'{host}' is RunPod's SSH proxy: it gives a terminal, but can neither run commands nor forward ports.",
        "Expose TCP port 22 of the pod and use 'SSH over exposed TCP' from its Connect page: New-GpuRig root@<public ip>:<external port>", host);

    /// <summary>The server's key is not known, and nobody could be asked or the answer was no.</summary>
    /// <param name="host">The host as it stands in known_hosts.</param>
    /// <param name="keyType">The type of its key.</param>
    /// <param name="fingerprint">The fingerprint of its key.</param>
    public static LlmOpsException HostKeyUnknown(string host, string keyType, string fingerprint) => new(
        "HostKeyUnknown", ErrorKind.SecurityError, $"The host '{host}' is not known. Its {keyType} key has the fingerprint {fingerprint}.",
        "Compare the fingerprint with what the provider shows, then attach the rig with New-GpuRig -AcceptNewHostKey.", host);

    /// <summary>The server shows another key than before.</summary>
    /// <param name="host">The host as it stands in known_hosts.</param>
    /// <param name="keyType">The type of its key.</param>
    /// <param name="known">The fingerprint that is known.</param>
    /// <param name="shown">The fingerprint that the server shows.</param>
    /// <param name="file">The file that holds the known key.</param>
    /// <param name="line">The line, from 1.</param>
    public static LlmOpsException HostKeyChanged(string host, string keyType, string known, string shown, string file, int line) => new(
        "HostKeyChanged", ErrorKind.SecurityError,
        $"The {keyType} key of '{host}' has changed: known is {known} ({file}:{line}), shown is {shown}. Somebody may be in between, or the machine is another one.",
        $"If the machine was made anew, remove line {line} of '{file}' (ssh-keygen -R '{host}' -f '{file}') and connect again.", host);

    /// <summary>The server's key is marked as revoked.</summary>
    /// <param name="host">The host as it stands in known_hosts.</param>
    /// <param name="fingerprint">The fingerprint of its key.</param>
    /// <param name="file">The file that revokes it.</param>
    /// <param name="line">The line, from 1.</param>
    public static LlmOpsException HostKeyRevoked(string host, string fingerprint, string file, int line) => new(
        "HostKeyRevoked", ErrorKind.SecurityError, $"The key {fingerprint} of '{host}' is revoked ({file}:{line}).",
        "Do not connect. Ask whoever runs the host for its new key.", host);

    /// <summary>A known_hosts file can't be read; it may hold revocations, so it can't be passed over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="inner">Why.</param>
    public static LlmOpsException KnownHostsUnreadable(string file, Exception inner) => new(
        "KnownHostsUnreadable", ErrorKind.PermissionDenied, $"The known_hosts file '{file}' can't be read: {inner.Message}",
        $"Make '{file}' readable for you.", file, inner);

    /// <summary>A jump host on the way can't be passed.</summary>
    /// <param name="hop">The jump host.</param>
    /// <param name="inner">Why.</param>
    public static LlmOpsException JumpFailed(string hop, LlmOpsException inner) => new(
        "ProxyJumpFailed", inner.Kind, $"The jump host '{hop}' can't be passed: {inner.Message}", inner.RecommendedAction, hop, inner);

    /// <summary>The user's SSH configuration can't be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; 0 for the file as a whole.</param>
    /// <param name="detail">What is wrong.</param>
    public static LlmOpsException ConfigInvalid(string file, int line, string detail) => new(
        "SshConfigInvalid", ErrorKind.InvalidArgument, $"{file}{(line > 0 ? ":" + line : "")}: {detail}",
        "Correct the file ('ssh -G <host>' shows how OpenSSH reads it), or give the host, port, user and key as parameters.", file);

    /// <summary>The user's SSH configuration asks for what LlmOps can't do.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="keyword">What is asked for.</param>
    public static LlmOpsException ConfigUnsupported(string file, int line, string keyword) => new(
        "SshConfigUnsupported", ErrorKind.InvalidArgument, $"{file}:{line} applies '{keyword}' to this host, which LlmOps does not support.",
        "Use ProxyJump and Host blocks for this host, or give the host, port, user and key as parameters.", file);

    /// <summary>The rig's SSH server grants no further session.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="detail">What it answered.</param>
    public static LlmOpsException SessionRefused(string rig, string detail) => new(
        "SshSessionRefused", ErrorKind.ResourceUnavailable, $"The SSH server of rig '{rig}' starts no command: {detail}",
        "Look at MaxSessions and ForceCommand in the server's sshd_config.", rig);
}
