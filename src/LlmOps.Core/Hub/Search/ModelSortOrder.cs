namespace LlmOps.Hub;

/// <summary>What a search for models puts first.</summary>
public enum ModelSortOrder
{
    /// <summary>The most downloads in the last 30 days.</summary>
    Downloads,

    /// <summary>The most likes.</summary>
    Likes,

    /// <summary>What many people look at these days.</summary>
    Trending,

    /// <summary>What was changed last.</summary>
    LastModified,
}
