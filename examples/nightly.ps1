<#
.SYNOPSIS
    The runbook of a night: sweep, rent, answer a file of questions, give back, report. Nobody watches it.
.DESCRIPTION
    First ends what earlier nights may have left. Then rents the cheapest machine that fits for the length of the work, and writes the answers as Markdown. The exit code is 0 if all questions were answered.
    The machine ends itself by age, idleness or cost, so a runner that is killed at three in the morning costs no more than -Budget.
.EXAMPLE
    ./nightly.ps1 -QuestionFile questions.txt -AnswerFile answers.md -Provider RunPod, Lambda -MaxPricePerHour 2
.EXAMPLE
    ./nightly.ps1 -QuestionFile questions.txt -AnswerFile answers.md -Provider Simulated -Speed 60
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessage('PSReviewUnusedParameter', '', Justification = 'They are used in the script block.')]
param(
    # One question a line.
    [Parameter(Mandatory)]
    [string] $QuestionFile,

    # Where the answers go, as Markdown.
    [Parameter(Mandatory)]
    [string] $AnswerFile,

    # Who may rent the machine out.
    [string[]] $Provider = '*',

    [string[]] $Gpu = @('A40', 'L40S', 'RTX A6000'),
    [decimal] $MaxPricePerHour = 2,
    [decimal] $Budget = 3,
    [string] $Model = 'Qwen/Qwen2.5-0.5B-Instruct',
    [double] $Speed = 1
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Find-GpuOrphan | Remove-GpuRig -Confirm:$false

$questions = @(Get-Content $QuestionFile | Where-Object { $_ })
$answers = @(
    Use-GpuRig -Provider $Provider -Gpu $Gpu -MaxPricePerHour $MaxPricePerHour -Budget $Budget -MaxDuration 2h -IdleTimeout 15m -Speed $Speed {
        $server = $_ | Get-HfModel $Model | Start-VllmServer
        foreach ($question in $questions) {
            $reply = $server | Invoke-LlmChat $question
            "## $question`n`n$($reply.Text)`n"
        }
    }
)

Set-Content $AnswerFile $answers
Get-LlmCost -By Day | Out-Host
exit ($answers.Count -eq $questions.Count ? 0 : 1)
