namespace LlmOps.Tests.Contract;

/// <summary>The rules catch what they are for, and let pass what is right.</summary>
public sealed class BrokenCmdletTests
{
    [Theory]
    [InlineData(typeof(RemoveGpuThingCommand), "ShouldProcess", "NoSecretText")]
    [InlineData(typeof(GetThingsCommand), "SingularNoun", "PrefixedNoun", "SealedClass", "NoBool", "NumberInRange", "Stoppable", "OutputType")]
    [InlineData(typeof(WaitLlmThingCommand), "SingularParameter", "DefaultParameterSet", "FewPositions", "NamedSwitch", "SwitchOff", "NotEmpty", "ObjectsOut", "PipelineIn", "Completion")]
    [InlineData(typeof(StopLlmThingCommand))]
    public void A_broken_cmdlet_is_caught_by_exactly_the_rules_it_breaks(Type cmdlet, params string[] rules) =>
        Assert.Equal(rules.Order(), ContractRules.Check(cmdlet).Select(found => found.Rule.Id).Distinct().Order());
}
