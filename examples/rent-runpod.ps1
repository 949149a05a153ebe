<#
.SYNOPSIS
    Rents two A40 at RunPod with a network volume that keeps the models, serves a model across both, asks it, and gives the machine back.
.DESCRIPTION
    The volume is made at the first run and found at every later one, so that 39 GB are fetched only once. It is billed until you delete it; the machine only while it exists.
    The machine ends itself after four hours, thirty idle minutes or -Budget, also if this workstation is lost meanwhile.
    Needs an API key of RunPod in RUNPOD_API_KEY. With -Provider Simulated it rehearses, for money that does not exist.
.EXAMPLE
    ./rent-runpod.ps1 -Budget 5
.EXAMPLE
    ./rent-runpod.ps1 -Provider Simulated -Speed 60
#>
[CmdletBinding()]
param(
    # Who rents the machine out.
    [string] $Provider = 'RunPod',

    # The most that it may cost, in US dollars.
    [decimal] $Budget = 5,

    # The model to serve.
    [string] $Model = 'Qwen/Qwen2.5-72B-Instruct-AWQ',

    # The name of the network volume, and its size where it has to be made.
    [string] $Volume = 'llmops-models',
    [int] $VolumeSizeGB = 100,

    # What to ask.
    [string] $Question = "How many r's are in strawberry?",

    # How fast a simulated machine's clock runs.
    [double] $Speed = 1
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$rent = @{ Provider = $Provider; Gpu = 'A40'; GpuCount = 2; Volume = $Volume; VolumeSizeGB = $VolumeSizeGB; MaxDuration = '4h'; Budget = $Budget; Speed = $Speed }
$rig = New-GpuRig @rent -Name "runpod-$PID"
try {
    $tunnel = $rig | Get-HfModel $Model | Start-VllmServer -MaxModelLen 32k | New-LlmTunnel
    ($tunnel | Invoke-LlmChat $Question).Text | Out-Host
    Get-GpuRig $rig.Name | Out-Host
}
finally {
    $rig | Remove-GpuRig -Confirm:$false | Out-Host    # the receipt: hours, cost, and what still bills
}
