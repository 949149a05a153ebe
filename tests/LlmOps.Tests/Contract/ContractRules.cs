using System.Reflection;
using LlmOps.Help;

namespace LlmOps.Tests.Contract;

/// <summary>All rules for cmdlets, and how to ask whether types keep them.</summary>
public static class ContractRules
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<ContractRule> All { get; } = [.. NamingRules.All, .. ParameterRules.All, .. SafetyRules.All, .. PipelineRules.All];

    /// <summary>What the cmdlets of an assembly do wrong.</summary>
    public static IEnumerable<(ContractRule Rule, string What)> Check(Assembly assembly) => Check(assembly.GetExportedTypes());

    /// <summary>What cmdlets do wrong.</summary>
    public static IEnumerable<(ContractRule Rule, string What)> Check(params Type[] types) =>
        from cmdlet in CmdletCatalog.Read(types) from rule in All from what in rule.Broken(cmdlet) select (rule, what);
}
