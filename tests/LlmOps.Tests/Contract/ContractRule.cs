using System.Management.Automation;
using System.Reflection;

namespace LlmOps.Tests.Contract;

/// <summary>One thing that every cmdlet must hold to.</summary>
/// <param name="Id">A short name, by which a test asks for it.</param>
/// <param name="Sentence">The rule in a sentence.</param>
/// <param name="Broken">What a cmdlet does wrong; empty if it keeps the rule.</param>
public sealed record ContractRule(string Id, string Sentence, Func<CmdletInfo, IEnumerable<string>> Broken)
{
    /// <summary>A rule that a cmdlet keeps or breaks as a whole.</summary>
    public static ContractRule OfCmdlet(string id, string sentence, Func<CmdletInfo, bool> keeps) => new(id, sentence, cmdlet => keeps(cmdlet) ? [] : [cmdlet.Name]);

    /// <summary>A rule that each parameter keeps or breaks.</summary>
    public static ContractRule OfParameter(string id, string sentence, Func<CmdletInfo, ParameterMetadata, bool> keeps) => new(
        id, sentence, cmdlet => Parameters(cmdlet).Where(parameter => !keeps(cmdlet, parameter)).Select(parameter => $"{cmdlet.Name} -{parameter.Name}"));

    /// <summary>The cmdlet's own parameters.</summary>
    public static IEnumerable<ParameterMetadata> Parameters(CmdletInfo cmdlet) =>
        cmdlet.Parameters.Values.Where(parameter => Property(cmdlet, parameter) is not null);

    /// <summary>The property behind a parameter; null for those that the engine adds.</summary>
    public static PropertyInfo? Property(CmdletInfo cmdlet, ParameterMetadata parameter) =>
        cmdlet.ImplementingType.GetProperty(parameter.Name, BindingFlags.Instance | BindingFlags.Public);

    /// <summary>The type of one item of a parameter, without array and nullable.</summary>
    public static Type ItemType(ParameterMetadata parameter)
    {
        var type = parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    public override string ToString() => Id;
}
