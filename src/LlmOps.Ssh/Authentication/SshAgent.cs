using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using LlmOps.Ssh.OpenSsh;

namespace LlmOps.Ssh.Authentication;

/// <summary>A running ssh-agent: OpenSSH's on Unix and Windows, or Pageant (draft-miller-ssh-agent). One short connection a request.</summary>
/// <param name="address">The path of its socket, or the name of its pipe.</param>
internal sealed class SshAgent(string address)
{
    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;
    private const int LongestAnswer = 256 * 1024;
    private const int ConnectMilliseconds = 2000;

    private const string OpenSshPipe = "openssh-ssh-agent";
    private const string PipeFolder = @"\\.\pipe\";

    /// <summary>The agents that the configuration or the environment names.</summary>
    /// <param name="configured">IdentityAgent of ssh_config, or null.</param>
    public static IReadOnlyList<SshAgent> Find(string? configured)
    {
        if (configured is not null and not "SSH_AUTH_SOCK")
        {
            var path = configured.StartsWith('$') ? Environment.GetEnvironmentVariable(configured.Trim('$', '{', '}')) : configured;
            return path is null or "" or "none" ? [] : [new SshAgent(path)];
        }

        if (Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } socket) return [new SshAgent(socket)];
        if (!OperatingSystem.IsWindows()) return [];
        var pageant = $"pageant.{Environment.UserName}.";
        return [.. Directory.EnumerateFiles(PipeFolder).Select(Path.GetFileName).OfType<string>()
            .Where(pipe => pipe == OpenSshPipe || pipe.StartsWith(pageant, StringComparison.OrdinalIgnoreCase))
            .Select(pipe => new SshAgent(pipe))];
    }

    /// <summary>The keys that it holds; none if it does not answer.</summary>
    public IReadOnlyList<AgentKey> Keys()
    {
        try
        {
            var answer = new WireReader(Ask([RequestIdentities], IdentitiesAnswer));
            var keys = new List<AgentKey>();
            for (var left = answer.Number(); left > 0; left--) keys.Add(new AgentKey(this, new HostKey(answer.Bytes().ToArray()), Encoding.UTF8.GetString(answer.Bytes())));
            return keys;
        }
        catch (Exception silent) when (silent is IOException or SocketException or TimeoutException or InvalidDataException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Lets it sign.</summary>
    /// <param name="key">The key or certificate.</param>
    /// <param name="data">What to sign.</param>
    /// <param name="flags">2 for rsa-sha2-256, 4 for rsa-sha2-512, else 0.</param>
    public byte[] Sign(HostKey key, byte[] data, uint flags)
    {
        var request = new byte[1 + 4 + key.Blob.Length + 4 + data.Length + 4];
        request[0] = SignRequest;
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(1), key.Blob.Length);
        key.Blob.CopyTo(request, 5);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(5 + key.Blob.Length), data.Length);
        data.CopyTo(request, 9 + key.Blob.Length);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(request.Length - 4), flags);
        return new WireReader(Ask(request, SignResponse)).Bytes().ToArray();
    }

    private byte[] Ask(byte[] request, byte expected)
    {
        using var stream = Connect();
        var frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.CopyTo(frame, 4);
        stream.Write(frame);
        var head = new byte[5];
        stream.ReadExactly(head);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length is 0 or > LongestAnswer || head[4] != expected) throw new IOException($"The ssh-agent answered {head[4]}, not {expected}: it refuses, or is locked.");
        var body = new byte[length - 1];
        stream.ReadExactly(body);
        return body;
    }

    private Stream Connect()
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new NamedPipeClientStream(".", address.StartsWith(PipeFolder, StringComparison.OrdinalIgnoreCase) ? address[PipeFolder.Length..] : address, PipeDirection.InOut);
            pipe.Connect(ConnectMilliseconds);
            return pipe;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
