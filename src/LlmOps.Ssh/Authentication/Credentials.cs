using LlmOps.Ssh.OpenSsh;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace LlmOps.Ssh.Authentication;

/// <summary>What we can show a server to be let in, in OpenSSH's order: keys of the agent, key files, answers, a password.</summary>
/// <param name="settings">How the host is reached.</param>
/// <param name="named">The key files that the user gave; if there are any, no others are offered.</param>
/// <param name="usual">The key files that are offered when none are named.</param>
/// <param name="secrets">What was typed before.</param>
/// <param name="questioner">Asks.</param>
internal sealed class Credentials(HostSettings settings, IReadOnlyList<string> named, IReadOnlyList<string> usual, SecretStore secrets, Questioner questioner)
{
    private readonly List<string> _offered = [];
    private readonly KeyOpener _opener = new(secrets, questioner);

    /// <summary>What was offered, in words.</summary>
    public IReadOnlyCollection<string> Offered => [.. _offered.Distinct()];

    /// <summary>The methods to try, in order.</summary>
    /// <exception cref="LlmOpsException">A key that was named can't be used.</exception>
    public AuthenticationMethod[] Methods()
    {
        var methods = new List<AuthenticationMethod>();
        var keys = Keys();
        if (keys.Count > 0) methods.Add(new PrivateKeyAuthenticationMethod(settings.User, new OfferedKeys(keys)));
        var login = $"{settings.User}@{settings.HostName}";
        if (questioner.CanAsk) methods.Add(new AskedPrompts(settings.User, questioner, _offered.Add));
        if (questioner.CanAsk || secrets.Find(login) is not null) methods.Add(new AskedPassword(settings.User, login, secrets, questioner, _offered.Add));
        if (methods.Count == 0) methods.Add(new NoneAuthenticationMethod(settings.User));
        return [.. methods];
    }

    private List<HostAlgorithm> Keys()
    {
        var files = Files();
        var held = SshAgent.Find(settings.IdentityAgent).SelectMany(agent => agent.Keys()).ToList();
        var mine = held.Where(key => files.Any(file => file.PublicKey is { } known && known.IsSameAs(key.Key))).ToList();
        var others = named.Count > 0 || settings.IdentitiesOnly ? [] : held.Except(mine);
        var keys = new List<HostAlgorithm>();
        foreach (var key in mine.Concat(others))
        {
            _offered.Add($"{key.Key.Type} key '{key.Comment}' of the agent");
            keys.AddRange(key.Algorithms);
        }

        foreach (var file in files.Where(file => file.IsPrivate && !mine.Any(key => file.PublicKey is { } known && known.IsSameAs(key.Key))))
        {
            if (Open(file) is not { Count: > 0 } opened) continue;
            _offered.Add($"key file {file.Path}");
            keys.AddRange(opened);
        }

        return keys;
    }

    private List<KeyFile> Files()
    {
        if (named.Count > 0) return [.. named.Select(path => File.Exists(path) ? KeyFile.Read(path) : throw SshErrors.IdentityFileNotFound(path))];
        var paths = settings.IdentityFiles is { Count: > 0 } configured ? configured : usual;
        return [.. paths.Where(File.Exists).Select(KeyFile.Read)];
    }

    private IReadOnlyList<HostAlgorithm> Open(KeyFile file)
    {
        try
        {
            return _opener.Open(file, CertificateOf(file));
        }
        catch (LlmOpsException unusable) when (named.Count == 0 && unusable.ErrorId is "PassphraseMissing" or "IdentityFileUnreadable")
        {
            _offered.Add($"not {file.Path} ({(unusable.ErrorId == "PassphraseMissing" ? "encrypted, and no passphrase was given" : "unreadable")})");
            return [];
        }
    }

    private string? CertificateOf(KeyFile file) =>
        settings.CertificateFiles.Append(file.Path + "-cert.pub").FirstOrDefault(path => File.Exists(path) && KeyFile.ReadPublic(File.ReadAllText(path)) is { } certificate && Certifies(certificate, file));

    private static bool Certifies(HostKey certificate, KeyFile file)
    {
        if (!certificate.Type.EndsWith("-cert-v01@openssh.com", StringComparison.Ordinal)) return false;
        if (file.PublicKey is not { } key) return true;
        var certified = new WireReader(certificate.Blob);
        _ = certified.Bytes(); // its type
        _ = certified.Bytes(); // a nonce
        var own = new WireReader(key.Blob);
        _ = own.Bytes();
        return certified.Rest.StartsWith(own.Rest); // the same numbers follow in both
    }
}
