using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LlmOps.Infrastructure;

namespace LlmOps.Tests.Contract;

/// <summary>Changes something without -WhatIf, and takes a secret as text.</summary>
[Cmdlet(VerbsCommon.Remove, "GpuThing")]
public sealed class RemoveGpuThingCommand : AsyncCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    [Parameter]
    public string? ApiKey { get; set; }
}

/// <summary>Has a plural noun without our prefix, says not what it writes, and has a number without a range.</summary>
[Cmdlet(VerbsCommon.Get, "Things")]
public class GetThingsCommand : PSCmdlet
{
    [Parameter]
    public int Count { get; set; }

    [Parameter]
    public bool Deep { get; set; }
}

/// <summary>Has two sets and no default, three positions, a switch among them, and a name that is not completed.</summary>
[Cmdlet(VerbsLifecycle.Wait, "LlmThing")]
[OutputType(typeof(string))]
public sealed class WaitLlmThingCommand : AsyncCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Name")]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Other")]
    public string[] Others { get; set; } = [];

    [Parameter(Position = 2)]
    public string? Second { get; set; }

    [Parameter(Position = 3)]
    public SwitchParameter Third { get; set; } = true;
}

/// <summary>Keeps every rule.</summary>
[Cmdlet(VerbsLifecycle.Stop, "LlmThing", SupportsShouldProcess = true)]
[OutputType(typeof(BrokenCmdletTests))]
public sealed class StopLlmThingCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string[] Name { get; set; } = [];
}

/// <summary>Offers nothing.</summary>
internal sealed class NoCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => [];
}
