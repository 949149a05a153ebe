#!/usr/bin/env bash
# Builds the module and the benchmarks, and runs one: benchmarks/run.sh fan-out [--rigs 50] [--rounds 7]
# With LLMOPS_MODULE=<LlmOps.psd1> it measures that module and builds none.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ -n "${LLMOPS_MODULE:-}" ] || "$root/build.sh" build
dotnet build "$root/benchmarks/LlmOps.Benchmarks" -c Release -v quiet -nologo -nodeReuse:false
exec dotnet "$root/benchmarks/LlmOps.Benchmarks/bin/Release/net10.0/llmops-benchmarks.dll" "$@"
