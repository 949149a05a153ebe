using LlmOps.Benchmarks.FanOut;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>The contestants, all open at once.</summary>
internal sealed class Ways : IDisposable
{
    /// <summary>Opens all.</summary>
    /// <param name="folder">A folder of this run.</param>
    /// <param name="farm">The one rig.</param>
    /// <param name="target">The load server's port, as the rig sees it.</param>
    public Ways(string folder, SshdFarm farm, int target)
    {
        Direct = new DirectWay(target);
        Forward = new SshWay("ssh -N -L", farm, target, withSession: false);
        Session = new SshWay("ssh -L with a session", farm, target, withSession: true);
        Gcm = new SshWay("ssh -L, session, aes128-gcm", farm, target, withSession: true, "-c", "aes128-gcm@openssh.com");
        Ours = new ModuleWay(folder, farm, target);
    }

    public IWay Direct { get; }

    public IWay Forward { get; }

    public IWay Session { get; }

    public IWay Gcm { get; }

    public IWay Ours { get; }

    /// <summary>All, ours first.</summary>
    public IReadOnlyList<IWay> All => [Ours, Session, Gcm, Forward, Direct];

    public void Dispose()
    {
        foreach (var way in All) way.Dispose();
    }
}
