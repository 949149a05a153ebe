using System.Management.Automation;
using System.Reflection;

namespace LlmOps.Tests.Contract;

/// <summary>Rules for parameters and parameter sets.</summary>
internal static class ParameterRules
{
    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(double), typeof(float), typeof(decimal), typeof(uint), typeof(ulong), typeof(short), typeof(ushort), typeof(byte)];

    public static IReadOnlyList<ContractRule> All { get; } =
    [
        ContractRule.OfCmdlet("DefaultParameterSet", "A cmdlet with several parameter sets names the default one, and it is one of them.",
            cmdlet => cmdlet.ParameterSets.Count == 1 || cmdlet.ParameterSets.Any(set => set.IsDefault && ContractRule.Parameters(cmdlet).Any(parameter =>
                parameter.ParameterSets.ContainsKey(set.Name) || parameter.ParameterSets.ContainsKey(ParameterAttribute.AllParameterSets)))),
        ContractRule.OfCmdlet("FewPositions", "At most two parameters of a set are positional.",
            cmdlet => cmdlet.ParameterSets.All(set => set.Parameters.Count(parameter => parameter.Position >= 0) <= 2)),
        ContractRule.OfCmdlet("NoDynamicParameters", "There are no dynamic parameters: they break help and completion.", cmdlet => !typeof(IDynamicParameters).IsAssignableFrom(cmdlet.ImplementingType)),
        ContractRule.OfParameter("NamedSwitch", "A switch is never positional.",
            (_, parameter) => !parameter.SwitchParameter || parameter.ParameterSets.Values.All(set => set.Position < 0)),
        ContractRule.OfParameter("SwitchOff", "A switch is off when it is not given.",
            (cmdlet, parameter) => !parameter.SwitchParameter || ContractRule.Property(cmdlet, parameter)!.GetValue(Activator.CreateInstance(cmdlet.ImplementingType)) is not SwitchParameter { IsPresent: true }),
        ContractRule.OfParameter("NoBool", "There is no bool parameter; a switch says it, or a nullable bool where there are three answers.", (_, parameter) => parameter.ParameterType != typeof(bool)),
        ContractRule.OfParameter("NotEmpty", "A mandatory text may not be empty: [ValidateNotNullOrEmpty].",
            (_, parameter) => ContractRule.ItemType(parameter) != typeof(string) || !parameter.ParameterSets.Values.Any(set => set.IsMandatory)
                || parameter.Attributes.Any(attribute => attribute is ValidateNotNullOrEmptyAttribute or ValidateSetAttribute or ValidatePatternAttribute or ValidateLengthAttribute
                    || attribute.GetType().Name == "ValidateNotNullOrWhiteSpaceAttribute")),
        ContractRule.OfParameter("NumberInRange", "A number has a range: [ValidateRange].",
            (_, parameter) => !Numbers.Contains(ContractRule.ItemType(parameter)) || parameter.Attributes.Any(attribute => attribute is ValidateRangeAttribute or ValidateSetAttribute)),
        ContractRule.OfParameter("Wildcards", "-Name of a Get- cmdlet takes wildcards and says so: [SupportsWildcards].",
            (cmdlet, parameter) => cmdlet.Verb != VerbsCommon.Get || parameter.Name != "Name" || ContractRule.Property(cmdlet, parameter)!.GetCustomAttribute<SupportsWildcardsAttribute>() is not null),
    ];
}
