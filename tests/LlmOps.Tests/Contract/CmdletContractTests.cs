using LlmOps.Infrastructure;

namespace LlmOps.Tests.Contract;

/// <summary>Every cmdlet keeps every rule.</summary>
public sealed class CmdletContractTests
{
    private static readonly ILookup<string, string> Violations = ContractRules.Check(typeof(AsyncCmdlet).Assembly).ToLookup(found => found.Rule.Id, found => found.What);

    public static TheoryData<string> Rules => new(ContractRules.All.Select(rule => rule.Id));

    [Theory]
    [MemberData(nameof(Rules))]
    public void All_cmdlets_keep_the_rule(string id)
    {
        var rule = ContractRules.All.Single(candidate => candidate.Id == id);
        Assert.True(!Violations[id].Any(), $"{rule.Sentence} Broken by: {string.Join("; ", Violations[id])}");
    }

    [Fact]
    public void Cmdlet_classes_are_the_only_public_things_beside_what_they_need()
    {
        var strays = typeof(AsyncCmdlet).Assembly.GetExportedTypes().Where(type =>
            !typeof(System.Management.Automation.Cmdlet).IsAssignableFrom(type) && type.Namespace != typeof(AsyncCmdlet).Namespace && !type.IsEnum);
        Assert.Empty(strays);
    }
}
