using LlmOps.Protocol.Operations;
using LlmOps.Renting;

namespace LlmOps.Core.Tests.Renting;

/// <summary>A command over LlmOps' own connection is a use of the machine while it runs and when it has just run; a look is none.</summary>
public sealed class CommandUseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CommandMark _agent;
    private readonly CommandUse _guard;

    public CommandUseTests()
    {
        _agent = new CommandMark(_folder["used"]);
        _guard = new CommandUse(_folder["used"]);
    }

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task Commands_are_seen_as_long_as_one_of_them_runs()
    {
        Assert.False(await IsUsedAsync());
        var first = _agent.Begin(ExecOperations.Run.Name);
        var second = new CommandMark(_folder["used"]).Begin(ModelOperations.List.Name); // of another connection
        Assert.True(await IsUsedAsync());
        first!.Dispose();
        Assert.True(await IsUsedAsync());
        Assert.True(await IsUsedAsync());
        second!.Dispose();
        Assert.True(await IsUsedAsync()); // it ran since the last look
        Assert.False(await IsUsedAsync());
    }

    [LinuxFact]
    public async Task A_command_between_two_looks_is_seen()
    {
        Assert.False(await IsUsedAsync());
        _agent.Begin(ExecOperations.Run.Name)!.Dispose();
        Assert.True(await IsUsedAsync());
        Assert.False(await IsUsedAsync());
    }

    [Fact]
    public async Task A_look_is_none()
    {
        Assert.Null(_agent.Begin(GuardOperations.Status.Name));
        Assert.Null(_agent.Begin(GpuOperations.Watch.Name));
        Assert.Null(_agent.Begin(ServerOperations.Log.Name));
        Assert.False(await IsUsedAsync());
    }

    [Fact]
    public void A_machine_without_a_guard_is_not_marked() => Assert.Null(new CommandMark(_folder["guard/used"]).Begin(ExecOperations.Run.Name));

    private async Task<bool> IsUsedAsync() => (await _guard.ReadAsync(CancellationToken.None)).By is not null;
}
