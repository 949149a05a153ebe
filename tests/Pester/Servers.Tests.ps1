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

Describe 'The whole job on a simulated rig' -Skip:$script:skip {
    BeforeAll {
        $script:rig = New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 200 -Name pester
    }

    It 'answers at the end of the pipeline' {
        $answer = $script:rig |
            Get-HfModel -Id Qwen/Qwen2.5-72B-Instruct-AWQ |
            Start-VllmServer -Name qwen |
            New-LlmTunnel -Name home |
            Invoke-LlmChat -Prompt 'Say hello.'
        $answer.Text | Should -Not -BeNullOrEmpty
        $answer.FinishReason | Should -Be 'stop'
        $answer.CompletionTokens | Should -BeGreaterThan 0
    }

    It 'serves across both GPUs, and holds their memory' {
        $server = Get-LlmServer -Name qwen
        $server.State | Should -Be 'Ready'
        $server.TensorParallelSize | Should -Be 2
        $used = ($script:rig | Get-GpuMemory).Used
        $used | ForEach-Object { $_ | Should -BeGreaterThan 10GB }
    }

    It 'refuses what the rig cannot do, and starts nothing' {
        Start-VllmServer -Model Qwen/Qwen2.5-72B-Instruct-AWQ -Rig pester -TensorParallelSize 4 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-LlmServer | Should -HaveCount 1
    }

    It 'keeps a log' {
        Get-LlmServerLog -Server qwen -Tail 5 | Should -HaveCount 5
        Get-LlmServerLog -Server qwen -Follow | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'keeps a conversation' {
        $first = Get-LlmTunnel -Name home | Invoke-LlmChat -Prompt "How many r's are in strawberry?" -System 'Be brief.'
        $second = $first | Invoke-LlmChat -Prompt 'And how sure are you?'
        $second.Messages | Should -HaveCount 5
        $second.Messages[0].Role | Should -Be 'System'
    }

    It 'gives the tunnel an address that any program can use' {
        $tunnel = Get-LlmTunnel -Name home
        $tunnel.State | Should -Be 'Open'
        $tunnel.Uri.Host | Should -Be '127.0.0.1'
        { Invoke-RestMethod -Uri "$($tunnel.Uri)/models" } | Should -Throw '*401*' -Because 'a server has an API key unless told otherwise'
    }

    It 'offers the names of its servers and tunnels to the Tab key' {
        Get-Completion 'Stop-LlmServer q' | Should -Contain 'qwen'
        Get-Completion 'Get-LlmServerLog -Rig pester -Server q' | Should -Contain 'qwen'
        Get-Completion 'Remove-LlmTunnel h' | Should -Contain 'home'
    }

    It 'answers through the same tunnel after a restart' {
        $server = Restart-LlmServer -Server qwen -Confirm:$false
        $server.State | Should -Be 'Ready'
        (Get-LlmTunnel -Name home | Invoke-LlmChat -Prompt 'Still there?').Text | Should -Not -BeNullOrEmpty
    }

    It 'can be waited for by whoever did not start it' {
        Restart-LlmServer -Server qwen -NoWait -Confirm:$false
        (Wait-LlmServer -Server qwen).State | Should -Be 'Ready'
    }

    It 'leaves nothing behind' {
        Get-LlmTunnel | Remove-LlmTunnel -Confirm:$false
        Get-LlmTunnel | Should -BeNullOrEmpty
        Stop-LlmServer -Server qwen -WhatIf
        (Get-LlmServer -Name qwen).State | Should -Be 'Ready'
        Stop-LlmServer -Server qwen -Confirm:$false
        ($script:rig | Get-GpuMemory).Used | Should -Be 0, 0
        (Get-LlmServer -Name qwen).State | Should -Be 'Stopped'
    }
}

Describe 'A server that can not live' -Skip:$script:skip {
    BeforeAll {
        $script:rig = New-GpuRig -Simulated -Gpu A40 -Speed 200 -Name doomed -Fault OutOfMemory
    }

    It 'is an error that tells the cause, and a name that stays in the list' {
        $script:rig |
            Get-HfModel -Id Qwen/Qwen2.5-0.5B-Instruct |
            Start-VllmServer -Name mortal -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        "$($failure[0])" | Should -Match 'memory'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        (Get-LlmServer -Name mortal).State | Should -Be 'Failed'
    }
}
