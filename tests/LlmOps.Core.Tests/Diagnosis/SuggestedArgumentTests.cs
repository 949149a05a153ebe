using LlmOps.Diagnosis;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Diagnosis;

public sealed class SuggestedArgumentTests
{
    private static readonly ServerStartArgs Wish = new() { Ticket = "t", Model = "a/b", MaxModelLen = "32k", Arguments = ["--max-num-seqs", "256", "--dtype=bfloat16", "--seed", "1"] };

    [Fact]
    public void What_helps_takes_the_place_of_what_was_asked()
    {
        Assert.Equal("18912", new SuggestedArgument("--max-model-len", "18912").ApplyTo(Wish).MaxModelLen);
        Assert.Equal(0.85, new SuggestedArgument("--gpu-memory-utilization", "0.85").ApplyTo(Wish).GpuMemoryUtilization);
        Assert.Equal(4, new SuggestedArgument("--tensor-parallel-size", "4").ApplyTo(Wish).TensorParallelSize);
        Assert.Equal("1800", new SuggestedArgument("env:VLLM_ENGINE_READY_TIMEOUT_S", "1800").ApplyTo(Wish).Environment["VLLM_ENGINE_READY_TIMEOUT_S"]);
        Assert.Equal(["--dtype=bfloat16", "--seed", "1", "--max-num-seqs", "64"], new SuggestedArgument("--max-num-seqs", "64").ApplyTo(Wish).Arguments);
        Assert.Equal(["--max-num-seqs", "256", "--seed", "1", "--dtype", "half"], new SuggestedArgument("--dtype", "half").ApplyTo(Wish).Arguments);
        Assert.Equal([.. Wish.Arguments, "--enforce-eager"], new SuggestedArgument("--enforce-eager").ApplyTo(Wish).Arguments);
    }

    /// <summary>A rule may suggest nothing that the launcher refuses.</summary>
    [Fact]
    public void No_rule_suggests_a_flag_that_may_not_be_given()
    {
        foreach (var argument in DiagnosisRules.Default.Rules.SelectMany(rule => rule.Arguments).Select(argument => argument.Value is null ? argument : argument with { Value = "1" }))
            LlmOps.Engines.VllmArgument.Validate(argument.ApplyTo(Wish with { Arguments = [] }).Arguments);
    }
}
