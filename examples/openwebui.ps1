<#
.SYNOPSIS
    From a rig to a chat page in the browser: serve a model, and use it with Open WebUI in a container. Nothing is left at the end.
.DESCRIPTION
    Without parameters it rehearses on a simulated machine, which costs nothing; the page is real, and its answers are simulated. Docker or Podman has to be installed.
    With -Rig it does the same on a machine that you have attached with New-GpuRig; what it started there is stopped, the model stays.
.EXAMPLE
    ./openwebui.ps1
.EXAMPLE
    ./openwebui.ps1 -Rig big -Model Qwen/Qwen2.5-7B-Instruct -Compose ./docker-compose.yaml
#>
[CmdletBinding()]
param(
    # A rig that is attached already; without it, a simulated one is made and removed again.
    [string] $Rig,

    # The model to serve.
    [string] $Model = 'Qwen/Qwen2.5-7B-Instruct',

    # The image of Open WebUI; without it the module's own choice.
    [string] $Image,

    # Writes a compose file of it too.
    [string] $Compose,

    # Ends at once, instead of waiting for Enter while you use the page.
    [switch] $NoWait
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$settings = $Image ? @{ Image = $Image } : @{}
$page = $tunnel = $server = $machine = $null
try {
    $machine = $Rig ? (Get-GpuRig $Rig) : (New-GpuRig -Simulated -Gpu A40 -GpuCount 1 -Speed 60 -Name "openwebui-$PID")
    $server = $machine | Get-HfModel $Model | Start-VllmServer
    $tunnel = $server | New-LlmTunnel -DockerBridge
    $tunnel | Out-Host

    $page = $tunnel | Start-OpenWebUI -Name "openwebui-$PID" @settings -Open:(-not $NoWait)
    $page | Out-Host
    if ($Compose) { $tunnel | Export-OpenWebUICompose $Compose @settings | Out-Host }
    if (-not $NoWait) { Read-Host "Chat at $($page.Uri), then press Enter" | Out-Null }
}
finally {
    if ($page) { $page | Stop-OpenWebUI -Confirm:$false }
    if ($tunnel) { $tunnel | Remove-LlmTunnel -Confirm:$false }
    if ($server) { $server | Stop-LlmServer -Confirm:$false }
    if ($machine -and -not $Rig) { $machine | Remove-GpuRig -Confirm:$false }
}
