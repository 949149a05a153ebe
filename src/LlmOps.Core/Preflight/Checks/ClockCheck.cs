using System.Globalization;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the rig's clock is right, against the Hub's and this workstation's: certificates and signed addresses are refused by a wrong one.</summary>
internal sealed class ClockCheck : IRigCheck
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(15); // signed addresses of storage services live about that long

    public string Name => "Clock";

    public bool IsCheap => false;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var evidence = new List<string> { $"rig {survey.Time.GetUtcNow():O}" };
        var differences = new List<TimeSpan>();
        if (survey.ClockDifference is { } difference)
        {
            differences.Add(difference);
            evidence.Add(string.Create(CultureInfo.InvariantCulture, $"ahead of the workstation by {difference.TotalSeconds:0.000} s when its question arrived, asked at {survey.Wish.AskedAt:O}"));
        }

        using var hub = new HubQuestion(survey);
        if ((await hub.AskAsync(cancel).ConfigureAwait(false)).Date is { } date)
        {
            differences.Clear(); // two against one: the Hub's clock is right
            differences.Add(survey.Time.GetUtcNow() - date);
            evidence.Add($"{survey.Hub.Endpoint} {date:O}");
        }

        if (differences.Count == 0) return null;
        var off = differences.MaxBy(each => each.Duration());
        var seen = string.Create(CultureInfo.InvariantCulture, $"The rig's clock is {off.Duration().TotalSeconds:0} s {(off > TimeSpan.Zero ? "fast" : "slow")}.");
        const string remedy = "On the rig: sudo timedatectl set-ntp true; or sudo chronyc makestep. A container takes the host's clock.";
        return off.Duration() < Noticeable ? Finding.Pass(off.Duration() < TimeSpan.FromSeconds(2) ? "The clock is right." : seen, string.Join('\n', evidence))
            : off.Duration() < Harmful ? Finding.Warn(seen, string.Join('\n', evidence), remedy)
            : Finding.Fail(seen, string.Join('\n', evidence), remedy);
    }
}
