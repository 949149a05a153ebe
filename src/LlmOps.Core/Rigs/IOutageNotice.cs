namespace LlmOps.Rigs;

/// <summary>Tells a person that a rig is out of reach and is being connected to again.</summary>
public interface IOutageNotice
{
    /// <summary>The connection broke, or an attempt to connect again failed. Called on the context of whoever waits.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="failure">What went wrong.</param>
    void Lost(GpuRig rig, LlmOpsException failure);

    /// <summary>The rig answers again, or nobody waits for it any longer. Also called when nothing was lost.</summary>
    void Over();
}
