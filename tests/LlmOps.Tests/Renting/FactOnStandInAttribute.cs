using LlmOps.Tests.Scenarios;

namespace LlmOps.Tests.Renting;

/// <summary>A test whose rented machine is a stand-in on this one, which must let root in, as pods do, and for some providers at the usual port.</summary>
internal sealed class FactOnStandInAttribute : FactAttribute
{
    /// <summary>The usual port of SSH. A stand-in has it in a network namespace only: on this machine it is somebody else's.</summary>
    public const int UsualPort = 22;

    /// <summary>True where the provider names no port, so that the stand-in has to have the usual one.</summary>
    public bool AtUsualPort
    {
        get;
        set
        {
            field = value;
            if (value && Skip is null && !SecondMachine.CanMakeNamespaces) Skip = "This provider's machines have their SSH server at port 22, which needs a network namespace, and none can be made here.";
        }
    }

    public FactOnStandInAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Skip = "The machine is logged in to as root, which its stand-in allows only to a process of root.";
    }
}
