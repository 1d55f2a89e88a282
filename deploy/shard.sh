#!/bin/sh
# Runs one shard of a simulation, unless its tables are there already: a task that was killed is simply run again.
# A shard leaves three tables or none, so a finished one is known by its description, FOLDER/shard-NUMBER.csv.json.
#
# usage: shard.sh PORTFOLIO TRIALS NUMBER OF FOLDER        NUMBER counts from 1 to OF
# environment: MULTIPOLAR, the program (default: multipolar); MULTIPOLAR_SEED, MULTIPOLAR_THREADS and the other defaults of its flags

set -eu

if [ $# -ne 5 ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
portfolio=$1 trials=$2 number=$3 of=$4 folder=$5
table=$folder/shard-$number.csv

mkdir -p "$folder"
if [ -f "$table" ] && [ -f "$table.json" ]; then
    printf 'shard %s of %s is done\n' "$number" "$of" >&2
    exit 0
fi
exec "${MULTIPOLAR:-multipolar}" simulate "$portfolio" --trials "$trials" --shard "$number/$of" \
    --trials-out "$table" --out "$folder/shard-$number.txt" --quiet
