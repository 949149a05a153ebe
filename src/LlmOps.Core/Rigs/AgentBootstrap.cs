using System.Globalization;
using System.Text;

namespace LlmOps.Rigs;

/// <summary>
/// Starts the agent on a rig over one command channel. The rig answers with one line: that the agent starts, or that it has to be sent
/// first; it is then sent on the same channel, checked by its sha256 and put in place by a rename, so half an upload is never run.
/// Which platform the machine is, the script asks once a boot: two processes less in each later start. The name is kept with it because a
/// volume may be shared by machines whose C libraries differ.
/// </summary>
internal static class AgentBootstrap
{
    private const string Marker = "llmops-bootstrap ";
    private const int LongestGreeting = 64 * 1024;

    // POSIX sh. Free of single quotes, exclamation marks and newlines, so that every login shell passes it on unchanged.
    private const string Script =
        "root=$1; shift; " +
        "if [ -z \"$root\" ]; then root=${LLMOPS_ROOT:-}; fi; " +
        "if [ -z \"$root\" ]; then if grep -q \" /workspace \" /proc/self/mounts 2>/dev/null; then root=/workspace/llmops; else root=$HOME/.llmops; fi; fi; " +
        "b=$root/bin; i=; n=; x=; read -r i 2>/dev/null < /proc/sys/kernel/random/boot_id; read -r n 2>/dev/null < /etc/hostname; " +
        "read -r x p g e 2>/dev/null < \"$b/.machine\"; if [ -z \"$i\" ] || [ \"$x $e\" != \"$i/$n .\" ]; then " +
        "p=$(uname -sm); case $p in \"Linux x86_64\") p=linux-x64;; \"Linux aarch64\"|\"Linux arm64\") p=linux-arm64;; \"Darwin arm64\") p=osx-arm64;; \"Darwin x86_64\") p=osx-x64;; *) p=${p%% *}-${p#* };; esac; " +
        "g=$(getconf GNU_LIBC_VERSION 2>/dev/null); g=${g#glibc 2.}; case $g in [0-9]|[0-9][0-9]|[0-9][0-9][0-9]) ;; *) g=0;; esac; " +
        "if [ -w \"$b\" ]; then { echo \"$i/$n $p $g .\" > \"$b/.machine\"; } 2>/dev/null; fi; fi; " +
        "h=; for a in \"$@\"; do if [ -z \"$h\" ]; then case \"$a\" in $p=*) h=${a#*=};; $p-glibc2.*=*) v=${a#*-glibc2.}; if [ \"$g\" -ge \"${v%%=*}\" ]; then h=${a#*=}; fi;; esac; fi; done; " +
        "n=${h#*:}; h=${h%%:*}; if [ -z \"$h\" ]; then echo \"" + Marker + "unsupported $p\"; exit 65; fi; " +
        "f=$b/llmops-agent-$h; export LLMOPS_ROOT=$root; " +
        "if [ -x \"$f\" ]; then echo \"" + Marker + "start\"; exec \"$f\" serve; fi; " +
        "mkdir -p \"$b\" && chmod 700 \"$root\" && t=$(mktemp \"$b/.upload-XXXXXX\") || { echo \"" + Marker + "failed cannot write to $b\"; exit 73; }; " +
        "trap \"rm -f $t\" EXIT; echo \"" + Marker + "send $h\"; head -c \"$n\" > \"$t\"; " +
        "s=$( (sha256sum \"$t\" 2>/dev/null || shasum -a 256 \"$t\") | cut -c1-64); " +
        "if [ \"$s\" != \"$h\" ]; then echo \"" + Marker + "failed the upload arrived damaged or $b is full\"; exit 74; fi; " +
        "chmod 700 \"$t\" && mv -f \"$t\" \"$f\" && trap - EXIT && echo \"" + Marker + "start\" && exec \"$f\" serve new; " +
        "echo \"" + Marker + "failed $f cannot be run\"; exit 126";

    /// <summary>Starts the agent, sending it first where the rig has not got it.</summary>
    /// <exception cref="LlmOpsException"><c>AgentUnusable</c> or <c>RigPlatformUnsupported</c>.</exception>
    public static async Task<IRemoteProcess> StartAsync(IRigLink link, GpuRig rig, AgentCatalog agents, CancellationToken cancel)
    {
        var builds = string.Join(' ', agents.Binaries.Select(agent => $"{agent.Platform}={agent.Hash}:{agent.Size.ToString(CultureInfo.InvariantCulture)}"));
        var process = await link.StartAsync($"exec /bin/sh -c '{Script}' llmops '{Quoted(rig.Root)}' {builds}", cancel).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var answer = await ReadAnswerAsync(process, cancel).ConfigureAwait(false);
                switch (answer?.Split(' ', 2))
                {
                    case ["start"]:
                        return process;
                    case ["send", var hash]:
                        await SendAsync(process, agents.Binaries.Single(agent => agent.Hash == hash), cancel).ConfigureAwait(false);
                        break;
                    case ["unsupported", var platform]:
                        throw RigErrors.PlatformUnsupported(rig.Name, platform);
                    case ["failed", var reason]:
                        throw RigErrors.AgentUnusable(rig.Name, reason + ".");
                    default:
                        throw RigErrors.AgentUnusable(rig.Name, await ReadErrorAsync(process).ConfigureAwait(false));
                }
            }
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Quoted(string? text) => (text ?? "").Replace("'", "'\\''", StringComparison.Ordinal);

    private static async Task SendAsync(IRemoteProcess process, AgentBinary agent, CancellationToken cancel)
    {
        var file = File.OpenRead(agent.Path);
        await using var opened = file.ConfigureAwait(false);
        await file.CopyToAsync(process.StandardInput, 256 * 1024, cancel).ConfigureAwait(false);
        await process.StandardInput.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The rest of the next line that begins with our marker; lines of a login's own greeting are passed over. Null at the end.</summary>
    private static async Task<string?> ReadAnswerAsync(IRemoteProcess process, CancellationToken cancel)
    {
        // One byte at a time: what follows the line is the agent's and must stay in the stream.
        var line = new List<byte>(80);
        var one = new byte[1];
        for (var total = 0; total < LongestGreeting; total++)
        {
            if (await process.StandardOutput.ReadAsync(one, cancel).ConfigureAwait(false) == 0) return null;
            if (one[0] != '\n')
            {
                line.Add(one[0]);
                continue;
            }

            var text = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            if (text.StartsWith(Marker, StringComparison.Ordinal)) return text[Marker.Length..];
            line.Clear();
        }

        return null;
    }

    private static async Task<string> ReadErrorAsync(IRemoteProcess process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var buffer = new byte[2048];
        try
        {
            var count = await process.StandardError.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            return count == 0 ? "its shell ended without an answer." : Encoding.UTF8.GetString(buffer, 0, count).Trim();
        }
        catch (OperationCanceledException)
        {
            return "its shell did not answer.";
        }
    }
}
