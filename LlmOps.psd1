@{
    RootModule           = 'module/bin/LlmOps.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5c0f3f0e-7d0b-4d0c-9d53-0b8a6a6f4f1e'
    Author               = 'LlmOps contributors'
    CompanyName          = 'LlmOps contributors'
    Copyright            = '(c) LlmOps contributors. MIT licence.'
    Description          = 'Runs private large language models on GPU machines: attach a rig, put a model on it, serve it with vLLM across its GPUs, tunnel the endpoint home and chat, in one pipeline of objects. Simulated rigs rehearse all of it for free.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')

    FormatsToProcess     = @('module/LlmOps.Format.ps1xml')

    CmdletsToExport      = @(
        'Copy-HfModel'
        'Enter-GpuRig'
        'Find-HfModel'
        'Get-GpuMemory'
        'Get-GpuRig'
        'Get-GpuSpec'
        'Get-HfModel'
        'Get-HfModelFile'
        'Get-LlmServer'
        'Get-LlmServerLog'
        'Get-LlmTunnel'
        'Initialize-GpuRig'
        'Invoke-GpuRigCommand'
        'Invoke-LlmChat'
        'New-GpuRig'
        'New-LlmTunnel'
        'Remove-GpuRig'
        'Remove-HfModel'
        'Remove-LlmTunnel'
        'Resolve-LlmFailure'
        'Restart-LlmServer'
        'Start-VllmServer'
        'Stop-LlmServer'
        'Test-GpuRig'
        'Test-HfModel'
        'Test-LlmExposure'
        'Wait-LlmServer'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags         = @('LLM', 'AI', 'GPU', 'vLLM', 'HuggingFace', 'SSH', 'Inference', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/llmops-contributors/LlmOps'
            ReleaseNotes = 'The first version: from a rig to an answer in one pipeline. See CHANGELOG.md.'
        }
    }
}
