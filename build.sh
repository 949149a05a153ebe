#!/usr/bin/env bash
# Builds, tests and packages LlmOps with nothing but the .NET SDK. ./build.sh [build|test|quickstart|analyze|package|clean] [arguments]
set -euo pipefail
if ! command -v dotnet >/dev/null; then
    echo "LlmOps is built with the .NET 10 SDK, and there is no dotnet on PATH: https://dotnet.microsoft.com/download" >&2
    exit 1
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
build() { dotnet build "$root/tools/LlmOps.Build" -c Release -v quiet -nologo -nodeReuse:false 2>&1; }
log=$(build) || { echo "$log" >&2; exit 1; }
exec dotnet "$root/tools/LlmOps.Build/bin/Release/net10.0/llmops-build.dll" "$@"
