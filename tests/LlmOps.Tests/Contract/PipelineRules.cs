using System.Management.Automation;
using System.Reflection;

namespace LlmOps.Tests.Contract;

/// <summary>Rules for what flows in and out, and for completion.</summary>
internal static class PipelineRules
{
    private static readonly string[] SilentVerbs = [VerbsCommon.Remove, VerbsCommon.Enter, VerbsCommon.Clear];
    private static readonly string[] SourceVerbs = [VerbsCommon.Get, VerbsCommon.New, VerbsCommon.Find];
    private static readonly string[] CompletedNames = ["Rig", "Server", "Tunnel"];

    public static IReadOnlyList<ContractRule> All { get; } =
    [
        ContractRule.OfCmdlet("OutputType", "A cmdlet that writes says what: [OutputType].",
            cmdlet => cmdlet.OutputType.Count > 0 || (SilentVerbs.Contains(cmdlet.Verb) && !cmdlet.Parameters.ContainsKey("PassThru"))),
        ContractRule.OfCmdlet("ObjectsOut", "Objects go down the pipeline, not texts about them.",
            cmdlet => cmdlet.Noun.EndsWith("Log", StringComparison.Ordinal) || cmdlet.OutputType.All(output => output.Type != typeof(string) && output.Type != typeof(PSObject))),
        ContractRule.OfCmdlet("PipelineIn", "What works on an object takes it from the pipeline.",
            cmdlet => SourceVerbs.Contains(cmdlet.Verb) || ContractRule.Parameters(cmdlet).Any(FromPipeline)),
        ContractRule.OfParameter("RigFromPipeline", "-Rig comes from the pipeline, as the object or as its property.", (_, parameter) => parameter.Name != "Rig" || FromPipeline(parameter)),
        ContractRule.OfParameter("Completion", "A parameter that takes the name of something that is there completes it: [ArgumentCompleter].",
            (cmdlet, parameter) => !(CompletedNames.Contains(parameter.Name) || (parameter.Name == "Name" && cmdlet.Verb is not ("New" or "Start" or "Use")))
                || ContractRule.Property(cmdlet, parameter)!.GetCustomAttributes().Any(attribute => attribute is ArgumentCompleterAttribute)),
    ];

    private static bool FromPipeline(ParameterMetadata parameter) => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName);
}
