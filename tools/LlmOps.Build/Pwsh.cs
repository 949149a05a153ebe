namespace LlmOps.Build;

/// <summary>Runs scripts in the PowerShell of this machine, where there is one with the module that they need.</summary>
internal static class Pwsh
{
    /// <summary>Runs a script; null if there is no PowerShell or it lacks the module.</summary>
    public static (int ExitCode, string Output)? Run(string module, string script)
    {
        if (Command.Find("pwsh") is not { } pwsh) return null;
        var found = Command.Capture(pwsh, "-NoProfile", "-NonInteractive", "-Command", $"exit [int](-not (Get-Module -ListAvailable {module}))");
        return found.ExitCode == 0 ? Command.Capture(pwsh, "-NoProfile", "-NonInteractive", "-Command", $"Import-Module {module}\n{script}") : null;
    }
}
