@{
    IncludeDefaultRules = $true
    ExcludeRules        = @(
        # Examples and build.ps1 speak to a person at the keyboard.
        'PSAvoidUsingWriteHost'
    )
    Rules               = @{
        PSUseCompatibleSyntax    = @{
            Enable         = $true
            TargetVersions = @('7.6')
        }
        PSPlaceOpenBrace         = @{
            Enable     = $true
            OnSameLine = $true
        }
        PSUseConsistentIndentation = @{
            Enable              = $true
            IndentationSize     = 4
            PipelineIndentation = 'IncreaseIndentationForFirstPipeline'
        }
        PSUseConsistentWhitespace = @{
            Enable                                  = $true
            IgnoreAssignmentOperatorInsideHashTable = $true
        }
    }
}
