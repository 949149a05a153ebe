namespace LlmOps.Rigs;

/// <summary>The way from one GPU to another.</summary>
/// <param name="Peer">The other GPU's number.</param>
/// <param name="Path">In the words of <c>nvidia-smi topo -m</c>: <c>NV18</c> is 18 NVLinks; <c>PIX</c>, <c>PXB</c>, <c>PHB</c>, <c>NODE</c> and <c>SYS</c> are ever longer ways over PCIe.</param>
/// <param name="NvLinks">The number of NVLinks, 0 if it is none.</param>
public sealed record RigReportLink(int Peer, string Path, int NvLinks)
{
    /// <summary>Such as <c>NV18 to GPU 1</c>.</summary>
    public override string ToString() => $"{Path} to GPU {Peer}";
}
