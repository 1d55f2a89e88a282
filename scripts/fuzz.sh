#!/bin/sh
# Builds the fuzz targets and runs each for some seconds, from the corpus of the tests and what earlier runs have found
# (target/fuzz/corpus). An input that fails is kept in target/fuzz/artifacts, and the script ends with exit code 1.
#
# usage: scripts/fuzz.sh SECONDS [TARGET...]        environment: MINIMIZE=yes puts what was found into tests/corpus

set -eu

cd "$(dirname "$0")/.."
seconds=$1
shift
[ $# -gt 0 ] || set -- portfolio small catalog jurisdictions shards history prices
sh scripts/cargo_tool.sh cargo-fuzz

# The instrumentation is the compiler's own; the stable compiler offers it under this variable only.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$PWD/target/fuzz"
target/tools/bin/cargo-fuzz build --fuzz-dir fuzz --sanitizer none
host=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p target/fuzz/artifacts
# The files that the targets write are in memory where there is such a file system.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/multipolar-fuzz.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

failed=
for target; do
    program=target/fuzz/$host/release/$target
    found=target/fuzz/corpus/$target
    mkdir -p "$found"
    "$program" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="target/fuzz/artifacts/$target-" "$found" "tests/corpus/$target" 2>"target/fuzz/$target.log" ||
        failed="$failed $target"
    printf '%s: ' "$target"
    # The last line that says how much is covered, and the number of executions.
    grep -a '^#.* cov: ' "target/fuzz/$target.log" | tail -n 1 | sed 's/^#\([0-9]*\)[[:blank:]]*\([A-Z]*\) */\1 executions, /'
    if [ "${MINIMIZE:-no}" = yes ]; then
        "$program" -merge=1 "tests/corpus/$target" "$found" 2>/dev/null
    fi
done
[ -z "$failed" ] && exit 0
printf 'fuzz: failed:%s; see target/fuzz/TARGET.log and target/fuzz/artifacts\n' "$failed" >&2
exit 1
