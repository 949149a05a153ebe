namespace LlmOps.Simulator.Vllm;

/// <summary>The first lines of a start: the version and the arguments that differ from their defaults.</summary>
internal static class StartBanner
{
    private const string Place = "api_utils.py:300";

    public static void Write(VllmLog log, string tag, string version, ServeArguments arguments)
    {
        log.Info(tag, Place, "");
        log.Info(tag, Place, "       █     █     █▄   ▄█");
        log.Info(tag, Place, $" ▄▄ ▄█ █     █     █ ▀▄▀ █  version {version}");
        log.Info(tag, Place, $"  █▄█▀ █     █     █     █  model   {arguments.Model}");
        log.Info(tag, Place, "   ▀▀  ▀▀▀▀▀ ▀▀▀▀▀ ▀     ▀");
        log.Info(tag, Place, "");
        var shown = arguments.Given.Where(flag => flag.Key != "--api-key")
            .Select(flag => $"'{flag.Key[2..].Replace('-', '_')}': {(flag.Value.Count switch { 0 => "True", 1 => Shown(flag.Value[0]), _ => $"[{string.Join(", ", flag.Value.Select(Shown))}]" })}");
        log.Info(tag, "api_utils.py:272", $"non-default args: {{{string.Join(", ", [$"'model_tag': '{arguments.Model}'", .. shown])}}}");
    }

    private static string Shown(string value) => double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _) ? value : $"'{value}'";
}
