#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    # A simulated rig runs the real agent, which is made for Linux and macOS.
    $script:skip = $IsWindows
}

BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Rehearsal.psm1') -Force
    Enter-Rehearsal
}

AfterAll { Exit-Rehearsal }

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

Describe 'Two simulated rigs' -Skip:$script:skip {
    BeforeAll {
        $script:left = New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 200 -Name left
        $script:right = New-GpuRig -Simulated -Gpu H100 -Speed 200 -Name right
    }

    It 'are listed, and say that they are simulated' {
        (Get-GpuRig).Name | Should -Be 'left', 'right'
        Get-GpuRig | Out-String | Should -Match 'left\s+Simulated\s+2 . A40'
    }

    It 'take a name once' {
        { New-GpuRig -Simulated -Name left -ErrorAction Stop } | Should -Throw -ErrorId 'RigExists,*'
    }

    It 'show the memory of each GPU' {
        $memory = Get-GpuMemory
        $memory | Should -HaveCount 3
        ($memory | Where-Object { $_.Rig.Name -eq 'left' }).Index | Should -Be 0, 1
        $memory | ForEach-Object { $_.Used + $_.Free | Should -BeLessOrEqual $_.Total }
    }

    It 'are watched for as long as somebody looks' {
        Get-GpuMemory -Rig right -Watch -Interval 0.1 | Select-Object -First 3 | Should -HaveCount 3
    }

    It 'run a command each, at once, and tell its exit code' {
        $results = Get-GpuRig | Invoke-GpuRigCommand -Command 'echo out; echo err >&2; exit 3' -ErrorAction SilentlyContinue
        $results | Should -HaveCount 2
        $results.ExitCode | Should -Be 3, 3
        $results[0].Output | Should -Be 'out'
        $results[0].ErrorOutput | Should -Be 'err'
    }

    It 'tell what they are' {
        $report = Test-GpuRig -Rig left
        $report.Gpus | Should -HaveCount 2
        $report.OperatingSystem | Should -Not -BeNullOrEmpty
        $report.DriverVersion | Should -Match '^\d+\.\d+'
    }

    It 'get vLLM once' {
        $first = Initialize-GpuRig -Rig left -PassThru
        $first.Version | Should -Match '^\d+\.\d+'
        Invoke-GpuRigCommand -Rig left -Command 'ls $LLMOPS_ROOT/venvs' | ForEach-Object Output | Should -Match '^vllm-'
        Initialize-GpuRig -Rig left
    }

    It 'offer their names to the Tab key' {
        Get-Completion 'Get-GpuMemory -Rig l' | Should -Be 'left'
        Get-Completion 'Remove-GpuRig r' | Should -Contain 'right'
        Get-Completion 'New-GpuRig -Simulated -Gpu H1' | Should -Not -BeNullOrEmpty
    }

    It 'stay with -WhatIf, and go without' {
        Remove-GpuRig -Name right -WhatIf
        Get-GpuRig -Name right | Should -Not -BeNullOrEmpty
        $folder = $script:right.Simulation.Folder
        $script:right | Remove-GpuRig -Confirm:$false
        Get-GpuRig -Name 'right*' | Should -BeNullOrEmpty
        $folder | Should -Not -Exist
    }
}
