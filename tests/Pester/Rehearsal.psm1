# What the specs on simulated rigs share: a home of their own, and the rig's own Hub for this machine too.

function Enter-Rehearsal {
    <#
    .SYNOPSIS
    Imports the module with a home and a Hugging Face cache of its own. Not on Pester's TestDrive: what a block has made there is gone before AfterAll can end it.
    .EXAMPLE
    Enter-Rehearsal
    #>
    $script:folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "llmops-rehearsal-$([guid]::NewGuid().ToString('N'))"
    $script:before = @{}
    foreach ($name in 'LLMOPS_HOME', 'HF_HOME', 'HF_HUB_CACHE', 'HF_ENDPOINT', 'HF_TOKEN') {
        $script:before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }

    $env:LLMOPS_HOME = Join-Path -Path $script:folder -ChildPath 'home'
    $env:HF_HOME = Join-Path -Path $script:folder -ChildPath 'hf'
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../../LlmOps.psd1') -Force -Global
}

function Exit-Rehearsal {
    <#
    .SYNOPSIS
    Ends every tunnel, server and rig of the rehearsal, and gives the environment back.
    .EXAMPLE
    Exit-Rehearsal
    #>
    Get-LlmTunnel | Remove-LlmTunnel -Confirm:$false
    Get-GpuRig | Remove-GpuRig -Confirm:$false
    foreach ($name in $script:before.Keys) { [Environment]::SetEnvironmentVariable($name, $script:before[$name]) }
    Remove-Item -Path $script:folder -Recurse -Force
}

function Use-RigHub {
    <#
    .SYNOPSIS
    Lets this machine ask the Hub that a simulated rig has.
    .EXAMPLE
    Use-RigHub -Rig $rig
    #>
    param(
        # The simulated rig.
        [Parameter(Mandatory)]
        [LlmOps.Rigs.GpuRig] $Rig
    )

    $env:HF_ENDPOINT = (Get-Content -Path (Join-Path -Path $Rig.Simulation.Folder -ChildPath 'state/hub') -Raw).Trim()
}

function Get-Completion {
    <#
    .SYNOPSIS
    What the Tab key offers at the end of a line.
    .EXAMPLE
    Get-Completion 'Get-GpuMemory -Rig pes'
    #>
    [OutputType([string])]
    param(
        # The line.
        [Parameter(Mandatory, Position = 0)]
        [string] $Line
    )

    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
}

Export-ModuleMember -Function Enter-Rehearsal, Exit-Rehearsal, Use-RigHub, Get-Completion
