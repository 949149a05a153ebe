namespace LlmOps.Containers;

/// <summary>How far the pull of an image is. The engines tell no bytes to a program, only what happens to each layer.</summary>
/// <param name="Done">How many layers are here.</param>
/// <param name="Known">How many layers the engine has named so far.</param>
/// <param name="Line">The last that the engine said.</param>
public readonly record struct PullProgress(int Done, int Known, string Line);
