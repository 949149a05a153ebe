<#
.SYNOPSIS
    From a rig to an answer: look at the GPUs, put a model on the rig, serve it across the GPUs, tunnel it home, chat, and leave nothing behind.
.DESCRIPTION
    Without parameters it rehearses on a simulated machine with two A40, which costs nothing and is gone at the end.
    With -Rig it does the same on a machine that you have attached with New-GpuRig; what it started there is stopped, the model stays.
.EXAMPLE
    ./quickstart.ps1
.EXAMPLE
    ./quickstart.ps1 -Rig big -Model Qwen/Qwen2.5-7B-Instruct
#>
[CmdletBinding()]
param(
    # A rig that is attached already; without it, a simulated one is made and removed again.
    [string] $Rig,

    # The model to serve.
    [string] $Model = 'Qwen/Qwen2.5-72B-Instruct-AWQ',

    # The longest context in tokens.
    [string] $MaxModelLen = '32k',

    # What to ask it.
    [string] $Question = "How many r's are in strawberry?"
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$tunnel = $server = $machine = $null
try {
    $machine = $Rig ? (Get-GpuRig $Rig) : (New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 60 -Name "quickstart-$PID")
    $machine | Out-Host
    $machine | Get-GpuMemory | Out-Host

    # Each object carries its rig, so the pipeline needs no other glue. Out-Host gives each its own view.
    $files = $machine | Get-HfModel $Model
    $files | Out-Host
    $server = $files | Start-VllmServer -MaxModelLen $MaxModelLen
    $server | Out-Host
    $machine | Get-GpuMemory | Out-Host

    $tunnel = $server | New-LlmTunnel
    $tunnel | Out-Host
    $reply = $tunnel | Invoke-LlmChat $Question
    $reply | Out-Host
    $reply | Invoke-LlmChat 'And how sure are you?' | Out-Host
}
finally {
    if ($tunnel) { $tunnel | Remove-LlmTunnel -Confirm:$false }
    if ($server) { $server | Stop-LlmServer -Confirm:$false }
    if ($machine) { $machine | Get-GpuMemory | Out-Host }
    if ($machine -and -not $Rig) { $machine | Remove-GpuRig -Confirm:$false }
}
