using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;

namespace LlmOps.Tests.Contract;

/// <summary>Rules for the names of cmdlets.</summary>
internal static partial class NamingRules
{
    /// <summary>What the nouns of this module begin with.</summary>
    public static readonly string[] Prefixes = ["Gpu", "Hf", "Llm", "Vllm", "OpenWebUI"];

    private static readonly HashSet<string> Verbs =
        [.. new[] { typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic), typeof(VerbsLifecycle), typeof(VerbsSecurity), typeof(VerbsOther) }
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!)];

    public static IReadOnlyList<ContractRule> All { get; } =
    [
        ContractRule.OfCmdlet("ApprovedVerb", "The verb is one of PowerShell's approved verbs.", cmdlet => Verbs.Contains(cmdlet.Verb)),
        ContractRule.OfCmdlet("SingularNoun", "The noun is singular and in PascalCase.", cmdlet => PascalCase().IsMatch(cmdlet.Noun) && !IsPlural(cmdlet.Noun)),
        ContractRule.OfCmdlet("PrefixedNoun", $"The noun begins with one of {string.Join(", ", Prefixes)}, so that it clashes with nobody's.",
            cmdlet => Prefixes.Any(prefix => cmdlet.Noun.StartsWith(prefix, StringComparison.Ordinal))),
        ContractRule.OfCmdlet("ClassName", "The class is called VerbNounCommand.", cmdlet => cmdlet.ImplementingType.Name == $"{cmdlet.Verb}{cmdlet.Noun}Command"),
        ContractRule.OfCmdlet("SealedClass", "The class is sealed.", cmdlet => cmdlet.ImplementingType.IsSealed),
        ContractRule.OfParameter("ParameterName", "A parameter's name is in PascalCase.", (_, parameter) => PascalCase().IsMatch(parameter.Name)),
        ContractRule.OfParameter("SingularParameter", "A parameter that takes many is named in the singular.", (_, parameter) => !parameter.ParameterType.IsArray || !IsPlural(parameter.Name)),
        ContractRule.OfParameter("OwnParameterName", "No parameter has the name of a common one.", (_, parameter) => !PSCmdlet.CommonParameters.Contains(parameter.Name)),
    ];

    private static bool IsPlural(string name) => name.EndsWith('s') && !name.EndsWith("ss", StringComparison.Ordinal) && !name.EndsWith("us", StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*\z")]
    private static partial Regex PascalCase();
}
