#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests and packages LlmOps with nothing but the .NET SDK.
.DESCRIPTION
The tasks are those of build.sh. Pester and PSScriptAnalyzer are used where they are installed.
.EXAMPLE
./build.ps1
Builds the module, ready for Import-Module ./LlmOps.psd1.
.EXAMPLE
./build.ps1 test --filter RigStore
Builds and runs the tests that have RigStore in their names.
#>
[CmdletBinding()]
param(
    # What to do.
    [Parameter(Position = 0)]
    [ValidateSet('build', 'test', 'quickstart', 'analyze', 'package', 'clean')]
    [string] $Task = 'build',

    # What the task takes, such as a filter for the tests.
    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [string[]] $Argument = @()
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)) {
    throw 'LlmOps is built with the .NET 10 SDK, and there is no dotnet on PATH: https://dotnet.microsoft.com/download'
}

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$project = Join-Path -Path $PSScriptRoot -ChildPath 'tools/LlmOps.Build'
$log = & dotnet build $project -c Release -v quiet -nologo -nodeReuse:false 2>&1
if ($LASTEXITCODE -ne 0) {
    $log
    exit 1
}

& dotnet (Join-Path -Path $project -ChildPath 'bin/Release/net10.0/llmops-build.dll') $Task @Argument
exit $LASTEXITCODE
