using System.Text;
using LlmOps.Providers.Http;

namespace LlmOps.Providers.MassedCompute;

/// <summary>The command that a machine runs at its first boot: the script of the wish, and the public key where the account could not register it.</summary>
internal static class MassedStartup
{
    /// <summary>The command, or null if there is nothing to do.</summary>
    /// <param name="spec">The wish.</param>
    public static string? Command(RigSpec spec)
    {
        var script = new StringBuilder();
        if (spec.SshKey is null)
        {
            // A key has no quote in it: its letters are those of base64, and the comment is dropped.
            script.Append("for user in ubuntu Ubuntu; do home=$(getent passwd \"$user\" | cut -d: -f6); [ -d \"$home\" ] || continue; ")
                .Append("install -d -m 700 -o \"$user\" -g \"$user\" \"$home/.ssh\"; ")
                .Append("echo '").Append(SshKeyMaterial.Of(SshKeyMaterial.Validate(spec.SshPublicKey))).Append("' >> \"$home/.ssh/authorized_keys\"; ")
                .Append("chown \"$user:$user\" \"$home/.ssh/authorized_keys\"; chmod 600 \"$home/.ssh/authorized_keys\"; done\n");
        }

        if (spec.StartupScript is { } more) script.Append(more.ReplaceLineEndings("\n")).Append('\n');
        return script.Length == 0 ? null : $"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(script.ToString()))} | base64 -d | sudo -n bash";
    }
}
