using System.Globalization;
using System.Text;

namespace LlmOps.Hub;

/// <summary>What models to search the Hub for.</summary>
public sealed record ModelQuery
{
    private const int MostPerPage = 100;

    // What is not in this list does not come: https://huggingface.co/docs/hub/api
    private static readonly string[] Fields =
        ["author", "createdAt", "downloads", "gated", "gguf", "lastModified", "library_name", "likes", "pipeline_tag", "private", "safetensors", "sha", "tags", "trendingScore"];

    /// <summary>A part of the name; null is any.</summary>
    public string? Text { get; init; }

    /// <summary>The account or organisation; null is any.</summary>
    public string? Author { get; init; }

    /// <summary>What the models do, such as <c>text-generation</c>; null is anything.</summary>
    public string? Task { get; init; }

    /// <summary>The library they are made for, such as <c>transformers</c>; null is any.</summary>
    public string? Library { get; init; }

    /// <summary>Tags that each of the models has.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The least size, or null.</summary>
    public ModelSize? MinSize { get; init; }

    /// <summary>The greatest size, or null.</summary>
    public ModelSize? MaxSize { get; init; }

    /// <summary>What comes first.</summary>
    public ModelSortOrder Sort { get; init; }

    /// <summary>How many models are wanted at the most.</summary>
    public int First { get; init; } = 50;

    /// <summary>True if a model is within the sizes; where the Hub does not know a model's size, only without limits.</summary>
    /// <param name="model">The model.</param>
    public bool Fits(FoundModel model) => (MinSize is null || MinSize.Compare(model) >= 0) && (MaxSize is null || MaxSize.Compare(model) <= 0);

    /// <summary>The address below the Hub's that asks for the first page.</summary>
    internal string Address()
    {
        var address = new StringBuilder("api/models?");
        Add("search", Text);
        Add("author", Author);
        Add("pipeline_tag", Task);
        Add("filter", Library);
        foreach (var tag in Tags) Add("filter", tag);
        Add("sort", Sort switch { ModelSortOrder.Likes => "likes", ModelSortOrder.Trending => "trendingScore", ModelSortOrder.LastModified => "lastModified", _ => "downloads" });
        Add("direction", "-1");
        Add("limit", (MinSize is null && MaxSize is null ? Math.Min(First, MostPerPage) : MostPerPage).ToString(CultureInfo.InvariantCulture));
        foreach (var field in Fields) Add("expand", field);
        return address.ToString(0, address.Length - 1);

        void Add(string name, string? value)
        {
            if (value is not null) address.Append(name).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        }
    }
}
