#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

BeforeDiscovery {
    # A simulated rig runs the real agent, which is made for Linux and macOS.
    $script:skip = $IsWindows
}

BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Rehearsal.psm1') -Force
    Enter-Rehearsal
    $script:id = 'Qwen/Qwen2.5-0.5B-Instruct'
}

AfterAll { Exit-Rehearsal }

Describe 'A cache that is empty' {
    It 'lists nothing, and says so when a model is named' {
        Get-HfModel -Cached -ErrorAction Stop | Should -BeNullOrEmpty
        Remove-HfModel -Id acme/none -Confirm:$false -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ModelNotCached,*'
    }
}

Describe 'A name that is no repository' {
    It 'is refused before anything is asked' {
        { Get-HfModel -Id 'three/parts/here' -ErrorAction Stop } | Should -Throw
        { Get-HfModelFile -Id 'a b' -ErrorAction Stop } | Should -Throw
    }
}

Describe 'Models on this machine and on a rig' -Skip:$script:skip {
    BeforeAll {
        $script:rig = New-GpuRig -Simulated -Gpu A40 -Speed 200 -Name shelf
        Use-RigHub -Rig $script:rig
    }

    It 'are found on the Hub' {
        (Find-HfModel -Text qwen2.5-0.5b).Id | Should -Contain $script:id
        Find-HfModel -Author Qwen | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'list their files before anything is fetched' {
        $files = Get-HfModelFile -Id $script:id
        $files.Path | Should -Contain 'config.json'
        $files | Where-Object Kind -eq Weights | Should -Not -BeNullOrEmpty
        $files | Where-Object IsCached | Should -BeNullOrEmpty
    }

    It 'come to the rig whole' {
        $model = $script:rig | Get-HfModel -Id $script:id
        $model.Rig.Name | Should -Be 'shelf'
        $model.Commit | Should -Match '^[0-9a-f]{40}$'
        ($model | Test-HfModel).Verdict | Should -Not -Contain 'Corrupt'
        $script:rig | Get-HfModel -Cached | ForEach-Object Id | Should -Be $script:id
    }

    It 'are checked where the object says that they are' {
        $model = $script:rig | Get-HfModel -Id $script:id
        (Test-HfModel -Id $model).Verdict | Should -Not -BeNullOrEmpty
        (Test-HfModel -Id $model).Verdict | Where-Object { $_ -ne 'Ok' } | Should -BeNullOrEmpty
    }

    It 'are copied home without the Hub' {
        $copy = Copy-HfModel -Id $script:id -From shelf
        $copy.Rig | Should -BeNullOrEmpty
        Join-Path -Path $copy.Path -ChildPath 'config.json' | Should -Exist
    }

    It 'are mended when a file is damaged' {
        $model = Get-HfModel -Id $script:id -Cached
        $file = Get-HfModelFile -Id $script:id | Where-Object Kind -eq Weights | Select-Object -First 1
        $path = Get-ChildItem -Path $model.Path -Recurse -Filter (Split-Path -Path $file.Path -Leaf) | Select-Object -First 1
        $content = $path.ResolveLinkTarget($true).FullName
        [IO.File]::WriteAllBytes($content, [byte[]]::new($file.Size))
        (Test-HfModel -Id $script:id | Where-Object Path -eq $file.Path).Verdict | Should -Be 'Corrupt'
        (Test-HfModel -Id $script:id -Repair -Confirm:$false | Where-Object Path -eq $file.Path).IsRepaired | Should -BeTrue
        Test-HfModel -Id $script:id | Where-Object Verdict -ne Ok | Should -BeNullOrEmpty
    }

    It 'that do not exist are an error with a way out' {
        Get-HfModel -Id acme/missing -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFound,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'offer their names to the Tab key' {
        Get-Completion 'Remove-HfModel Qwen/' | Should -Contain $script:id
    }

    It 'are removed with what they held' {
        Remove-HfModel -Id $script:id -WhatIf
        Get-HfModel -Cached | Should -Not -BeNullOrEmpty
        Get-HfModel -Cached | Remove-HfModel -Confirm:$false
        Get-HfModel -Cached | Should -BeNullOrEmpty
        $script:rig | Get-HfModel -Cached | Should -Not -BeNullOrEmpty
    }
}
