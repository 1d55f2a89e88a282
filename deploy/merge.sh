#!/bin/sh
# Merges the shards of a folder: FOLDER/all.json is the answer, FOLDER/all.csv has all trials. Both are, byte for byte,
# what one run on one machine would have written. Shards that are missing or of another study are named and refused.
#
# usage: merge.sh PORTFOLIO OF FOLDER
# environment: MULTIPOLAR, the program (default: multipolar)

set -eu

if [ $# -ne 3 ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
portfolio=$1 of=$2 folder=$3

set --
number=1
while [ "$number" -le "$of" ]; do
    set -- "$@" "$folder/shard-$number.csv"
    number=$((number + 1))
done
exec "${MULTIPOLAR:-multipolar}" merge "$portfolio" "$@" --trials-out "$folder/all.csv" \
    --format json --out "$folder/all.json" --quiet
