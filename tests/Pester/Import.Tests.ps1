#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    $script:manifest = Import-PowerShellDataFile -Path (Join-Path -Path $PSScriptRoot -ChildPath '../../LlmOps.psd1')
}

BeforeAll {
    $script:path = Join-Path -Path $PSScriptRoot -ChildPath '../../LlmOps.psd1'
    Import-Module -Name $script:path -Force
}

Describe 'The module' {
    It 'has a valid manifest' {
        Test-ModuleManifest -Path $script:path | Should -Not -BeNullOrEmpty
    }

    It 'exports <_>' -ForEach $script:manifest.CmdletsToExport {
        Get-Command -Name $_ -Module LlmOps | Should -Not -BeNullOrEmpty
    }

    It 'exports nothing else' {
        (Get-Module -Name LlmOps).ExportedCommands.Keys | Sort-Object | Should -Be ((Import-PowerShellDataFile -Path $script:path).CmdletsToExport | Sort-Object)
    }

    It 'can be imported again' {
        Import-Module -Name $script:path -Force
        Get-Command -Name New-GpuRig -Module LlmOps | Should -Not -BeNullOrEmpty
    }

    It 'offers its types as literals' {
        [LlmOps.Rigs.GpuRig].Name | Should -Be 'GpuRig'
    }
}

Describe 'The help of <_>' -ForEach $script:manifest.CmdletsToExport {
    BeforeAll {
        $script:page = Get-Help -Name $_ -Full
    }

    It 'has a synopsis and a description' {
        $script:page.Synopsis | Should -Not -BeLike "*$_*-*"
        $script:page.Description | Should -Not -BeNullOrEmpty
    }

    It 'has examples' {
        $script:page.Examples.Example.Code | Should -Not -BeNullOrEmpty
    }
}
