#!/bin/sh
# A simulation in shards with GNU parallel, on this machine or, with --sshloginfile, on those that you can log in to.
# Shards that are done are not run again, and one that fails is tried three times.
#
# usage: study.sh PORTFOLIO TRIALS OF FOLDER [flags of parallel, such as --jobs 4 --sshloginfile nodes]

set -eu

if [ $# -lt 4 ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
portfolio=$1 trials=$2 of=$3 folder=$4
shift 4

seq "$of" | parallel --retries 3 --halt now,fail=1 "$@" "$here/shard.sh" "$portfolio" "$trials" {} "$of" "$folder"
"$here/merge.sh" "$portfolio" "$of" "$folder"
