namespace LlmOps.Build;

/// <summary>Checks the style of the code and of the scripts.</summary>
internal static class Analysis
{
    public static int Run()
    {
        Step.Run("compiler and analyzers", () =>
            Command.Quietly(Command.Dotnet, "build", Checkout.PathOf("LlmOps.sln"), "-c", "Release", "-v", "quiet", "-nologo"));
        Step.Run("code style", () =>
            Command.Quietly(Command.Dotnet, "format", Checkout.PathOf("LlmOps.sln"), "--verify-no-changes", "--no-restore", "--severity", "warn"));
        Step.Run("scripts", () => Pwsh.Run("PSScriptAnalyzer", $$"""
            $found = Get-ChildItem -Path '{{Checkout.Root}}' -Recurse -Include *.ps1, *.psm1, *.psd1 -File |
                Where-Object FullName -NotMatch '[\\/](bin|obj|out)[\\/]' |
                ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings '{{Checkout.PathOf("PSScriptAnalyzerSettings.psd1")}}' }
            $found | Format-Table -AutoSize RuleName, Severity, ScriptName, Line, Message | Out-String -Width 200 | Write-Host
            exit [int][bool]$found
            """) switch
        {
            null => "skipped: no pwsh with PSScriptAnalyzer here",
            (0, _) => "",
            (_, var output) => throw new BuildFailure(output),
        });
        return 0;
    }
}
