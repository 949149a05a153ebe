<#
.SYNOPSIS
    Rents a machine at Massed Compute for the length of a script block, serves a model on it and asks it.
.DESCRIPTION
    Massed Compute has no volumes and can't stop machines: the model is fetched anew each time, and Use-GpuRig ends the machine however the block ends.
    Its machines have no key of their own, so the guard that ends the machine without this workstation gets your API key. Use-GpuRig -GuardApiKey gives it another key, with fewer rights.
    Needs an API key in MASSED_COMPUTE_API_KEY. With -Provider Simulated it rehearses, for money that does not exist.
.EXAMPLE
    ./rent-massedcompute.ps1 -Gpu 'RTX A6000' -GpuCount 2
.EXAMPLE
    ./rent-massedcompute.ps1 -Provider Simulated -Gpu A40 -Speed 60
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessage('PSReviewUnusedParameter', '', Justification = 'They are used in the script block.')]
param(
    # Who rents the machine out.
    [string] $Provider = 'MassedCompute',

    # What to rent; the cheapest of these is taken, and the next where it is gone.
    [string[]] $Gpu = @('RTX A6000', 'L40S'),
    [int] $GpuCount = 2,

    # The most that it may cost, in US dollars.
    [decimal] $Budget = 5,

    # The model to serve.
    [string] $Model = 'Qwen/Qwen2.5-0.5B-Instruct',

    # What to ask.
    [string] $Question = 'Say hello.',

    # How fast a simulated machine's clock runs.
    [double] $Speed = 1
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Use-GpuRig -Provider $Provider -Gpu $Gpu -GpuCount $GpuCount -Budget $Budget -MaxDuration 2h -Speed $Speed {
    $server = $_ | Get-HfModel $Model | Start-VllmServer
    $server | Invoke-LlmChat $Question | Out-Host
    $server | Stop-LlmServer -Confirm:$false
}
