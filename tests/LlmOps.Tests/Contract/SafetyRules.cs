using System.Management.Automation;
using System.Reflection;

namespace LlmOps.Tests.Contract;

/// <summary>Rules that keep people from harm.</summary>
internal static class SafetyRules
{
    private static readonly string[] ChangingVerbs =
        [VerbsCommon.New, VerbsCommon.Set, VerbsCommon.Remove, VerbsCommon.Clear, VerbsCommon.Reset, VerbsLifecycle.Start, VerbsLifecycle.Stop, VerbsLifecycle.Restart, VerbsData.Initialize, VerbsData.Update, VerbsData.Export];

    private static readonly string[] LosingVerbs = [VerbsCommon.Remove, VerbsCommon.Clear, VerbsLifecycle.Stop];

    private static readonly string[] SecretNames = ["Password", "Token", "ApiKey", "Passphrase", "Secret"];

    public static IReadOnlyList<ContractRule> All { get; } =
    [
        ContractRule.OfCmdlet("ShouldProcess", "A verb that changes something supports -WhatIf and -Confirm.",
            cmdlet => !ChangingVerbs.Contains(cmdlet.Verb) || Attribute(cmdlet).SupportsShouldProcess),
        ContractRule.OfCmdlet("ConfirmImpact", "Only what loses money or data asks unbidden (ConfirmImpact.High).",
            cmdlet => Attribute(cmdlet).ConfirmImpact != ConfirmImpact.High || LosingVerbs.Contains(cmdlet.Verb)),
        ContractRule.OfParameter("NoSecretText", "A secret is a SecureString or a PSCredential, never a text.",
            (_, parameter) => ContractRule.ItemType(parameter) != typeof(string) || !SecretNames.Any(name => parameter.Name.EndsWith(name, StringComparison.OrdinalIgnoreCase))),
        ContractRule.OfCmdlet("Stoppable", "The cmdlet derives from AsyncCmdlet, so that Ctrl+C ends it whatever it waits for.",
            cmdlet => typeof(LlmOps.Infrastructure.AsyncCmdlet).IsAssignableFrom(cmdlet.ImplementingType)),
    ];

    private static CmdletAttribute Attribute(CmdletInfo cmdlet) => cmdlet.ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
}
