namespace LlmOps.Planning;

/// <summary>The part of a multimodal model that reads pictures.</summary>
/// <param name="Hidden">Its hidden size.</param>
/// <param name="Intermediate">The intermediate size of its feed-forward layers.</param>
/// <param name="PatchesPerToken">How many patches of a picture become one token of the language part.</param>
public sealed record VisionTower(int Hidden, int Intermediate, int PatchesPerToken);
