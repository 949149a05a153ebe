#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    # A simulated rig runs the real agent, which is made for Linux and macOS.
    $script:skip = $IsWindows
}

BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../../LlmOps.psd1') -Force
    $script:before = $env:LLMOPS_HOME
    $env:LLMOPS_HOME = Join-Path -Path $TestDrive -ChildPath 'home'
}

AfterAll {
    $env:LLMOPS_HOME = $script:before
}

Describe 'A rig that is not there' {
    It 'is an error with an id and a way out' {
        Get-GpuRig -Name nobody -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RigNotFound,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'is nothing when it was asked for by a wildcard' {
        Get-GpuRig -Name 'nobody*' -ErrorAction Stop | Should -BeNullOrEmpty
    }
}

Describe 'A cache that is empty' {
    It 'lists nothing, and says so when a model is named' {
        $cache = Join-Path -Path $TestDrive -ChildPath 'cache'
        Get-HfModel -Cached -CacheDir $cache -ErrorAction Stop | Should -BeNullOrEmpty
        Remove-HfModel -Id acme/none -CacheDir $cache -Confirm:$false -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ModelNotCached,*'
    }
}

Describe 'The whole job on a simulated rig' -Skip:$script:skip {
    BeforeAll {
        $script:rig = New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 60 -Name pester
    }

    AfterAll {
        Get-LlmTunnel | Remove-LlmTunnel
        Get-LlmServer -Rig pester -ErrorAction Ignore | Stop-LlmServer
        Remove-GpuRig -Name pester -Confirm:$false
    }

    It 'has its GPUs' {
        $memory = $script:rig | Get-GpuMemory
        $memory | Should -HaveCount 2
    }

    It 'offers its name to the Tab key' {
        $line = 'Get-GpuMemory -Rig pes'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Contain 'pester'
    }

    It 'does nothing with -WhatIf' {
        Remove-GpuRig -Name pester -WhatIf
        Get-GpuRig -Name pester | Should -Not -BeNullOrEmpty
    }

    It 'answers at the end of the pipeline' {
        $answer = $script:rig |
            Get-HfModel -Id Qwen/Qwen2.5-72B-Instruct-AWQ |
            Start-VllmServer |
            New-LlmTunnel |
            Invoke-LlmChat -Prompt 'Say hello.'
        $answer.Text | Should -Not -BeNullOrEmpty
    }
}
