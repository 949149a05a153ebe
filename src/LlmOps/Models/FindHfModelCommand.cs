using System.Management.Automation;
using System.Security;
using LlmOps.Hub;
using LlmOps.Infrastructure;
using LlmOps.State;

namespace LlmOps.Models;

/// <summary>Searches the Hugging Face Hub for models.</summary>
/// <remarks>
/// <para>Models come as the Hub's pages arrive, the most downloaded first. A pipeline that has enough, such as one with Select-Object -First, ends the requests.</para>
/// <para>A size is a number of parameters (7B, 500M) or of bytes (20GB). Models whose size the Hub does not know are left out when a size is asked for.</para>
/// <para>What is found goes on into Get-HfModel and Get-HfModelFile.</para>
/// </remarks>
/// <example>
/// <para>Find the most used AWQ models of Qwen with 30 to 80 billion parameters.</para>
/// <code>Find-HfModel -Author Qwen -Quantization awq -MinSize 30B -MaxSize 80B</code>
/// </example>
/// <example>
/// <para>Find what fits into 48 GB and is talked about.</para>
/// <code>Find-HfModel -Task text-generation -MaxSize 40GB -Sort Trending -First 20</code>
/// </example>
/// <example>
/// <para>Put the best match on a rig.</para>
/// <code>Find-HfModel qwen2.5-72b-instruct -Quantization awq -First 1 | Get-HfModel -Rig a40</code>
/// </example>
[Cmdlet(VerbsCommon.Find, "HfModel")]
[OutputType(typeof(FoundModel))]
public sealed class FindHfModelCommand : AsyncCmdlet
{
    /// <summary>A part of the name.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Text { get; set; }

    /// <summary>The account or organisation that has published the models.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <summary>What the models do.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubWordCompleter))]
    public string? Task { get; set; }

    /// <summary>The library that the models are made for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubWordCompleter))]
    public string? Library { get; set; }

    /// <summary>How the models are quantized.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubWordCompleter))]
    public string? Quantization { get; set; }

    /// <summary>Further tags that the models have, such as license:apache-2.0 or de.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>The least size: parameters (7B) or bytes (20GB).</summary>
    [Parameter]
    [ValidateNotNull]
    public ModelSize? MinSize { get; set; }

    /// <summary>The greatest size: parameters (70B) or bytes (40GB).</summary>
    [Parameter]
    [ValidateNotNull]
    public ModelSize? MaxSize { get; set; }

    /// <summary>What comes first.</summary>
    [Parameter]
    public ModelSortOrder Sort { get; set; }

    /// <summary>How many models at the most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = 50;

    /// <summary>The token for models that only its account can see.</summary>
    [Parameter]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        var query = new ModelQuery
        {
            Text = Text,
            Author = Author,
            Task = Task,
            Library = Library,
            MinSize = MinSize,
            MaxSize = MaxSize,
            Sort = Sort,
            First = First,
            Tags = Quantization is null ? Tag : [Quantization.ToLowerInvariant(), .. Tag],
        };
        using var progress = new ProgressLine(this, "Searching the Hub");
        progress.Report("waiting for the answer");
        var found = 0;
        await foreach (var model in new ModelSearch(HubEnvironment.FromProcess(), Services.Time).FindAsync(query, Token is null ? null : SecureText.Reveal(Token), cancel))
        {
            WriteObject(model);
            if (++found % 100 == 0) progress.Report($"{found} models");
        }
    }
}
