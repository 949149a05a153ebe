using LlmOps.Renting;

namespace LlmOps.Tests.Renting;

/// <summary>The runbooks that rent, each on machines of the simulated provider.</summary>
public sealed class ExampleTests : IAsyncLifetime
{
    private readonly RentalSession _lab = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [LinuxFact]
    public void A_runbook_can_be_rehearsed_without_a_vendor()
    {
        _lab.Run($"& '{Repository.PathOf("examples", "rent-runpod.ps1")}' -Model Qwen/Qwen2.5-0.5B-Instruct -Provider Simulated -Speed 120 6>&1").NoErrors();
        Assert.Empty(_lab.Living);
        Assert.All(_lab.Rentals, rental => Assert.Equal(RentalState.Gone, rental.State));
        Assert.True(_lab.Account.ReadMachines().Single().Cost(DateTimeOffset.UtcNow) > 0);
    }

    [LinuxFact]
    public void The_nightly_runbook_answers_every_question()
    {
        var questions = Path.Join(_lab.Session.Folder, "questions.txt");
        var answers = Path.Join(_lab.Session.Folder, "answers.md");
        File.WriteAllLines(questions, ["Hello?", "And?"]);
        _lab.Run($"& '{Repository.PathOf("examples", "nightly.ps1")}' -QuestionFile '{questions}' -AnswerFile '{answers}' -Provider Simulated -Gpu A40 -Speed 120").NoErrors();
        Assert.Equal(2, File.ReadAllLines(answers).Count(line => line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.Empty(_lab.Living);
    }
}
