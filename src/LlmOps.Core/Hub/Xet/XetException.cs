namespace LlmOps.Hub.Xet;

/// <summary>Xet storage does not do what its protocol says. The file comes over HTTP instead, so nobody but the route sees this.</summary>
internal sealed class XetException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="detail">A clause for the user, such as "it sent a chunk of unknown format".</param>
    public XetException(string detail)
        : base(detail)
    {
    }

    /// <summary>Says what is wrong, and what showed it.</summary>
    /// <param name="detail">A clause for the user.</param>
    /// <param name="inner">The exception underneath.</param>
    public XetException(string detail, Exception inner)
        : base(detail, inner)
    {
    }
}
