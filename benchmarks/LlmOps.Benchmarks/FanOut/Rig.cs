using System.Diagnostics;

namespace LlmOps.Benchmarks.FanOut;

/// <summary>One rig: an sshd of its own on loopback, with a root folder of its own.</summary>
/// <param name="Name">The rig's name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Server">The listener.</param>
internal sealed record Rig(string Name, int Port, Process Server);
