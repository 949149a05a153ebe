namespace LlmOps.Hub;

/// <summary>The kinds of repositories on the Hugging Face Hub.</summary>
public enum HubRepoType
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>A dataset.</summary>
    Dataset,

    /// <summary>A space: an application.</summary>
    Space,
}
