using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LlmOps.Models.Tests;

public sealed class CopyHfModelTests : IDisposable
{
    private readonly PowerShell _shell;

    public CopyHfModelTests()
    {
        var session = InitialSessionState.CreateDefault2();
        session.Commands.Add(new SessionStateCmdletEntry("Copy-HfModel", typeof(CopyHfModelCommand), null));
        _shell = PowerShell.Create(session);
    }

    [Theory]
    [InlineData("Copy-HfModel acme/model", "CopyPlacesSame")]
    [InlineData("Copy-HfModel acme//model -To nowhere", "RigNotFound")]
    [InlineData("Copy-HfModel acme/model -From nowhere", "RigNotFound")]
    [InlineData("Copy-HfModel acme//model", "ModelIdInvalid")]
    public void A_wish_that_makes_no_sense_is_named(string script, string error)
    {
        Assert.Empty(_shell.AddScript(script).Invoke());
        Assert.Equal($"{error},LlmOps.Models.CopyHfModelCommand", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_model_flows_in_from_the_pipeline()
    {
        _shell.AddScript("[pscustomobject]@{ Id = 'acme/model'; Revision = 'v1'; Rig = 'nowhere' } | Copy-HfModel").Invoke();
        Assert.Equal("RigNotFound,LlmOps.Models.CopyHfModelCommand", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId);
    }

    public void Dispose() => _shell.Dispose();
}
