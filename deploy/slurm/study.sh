#!/bin/sh
# Submits a simulation as an array of OF tasks and, once all of them have succeeded, the merge. Prints the job of the merge.
# A task that is killed (preemption, time limit, a node that dies) is put back by Slurm, or by running this script again:
# shards that are done are skipped.
#
# usage: study.sh PORTFOLIO TRIALS OF FOLDER [flags of sbatch, such as --partition short --cpus-per-task 8]

set -eu

if [ $# -lt 4 ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
portfolio=$1 trials=$2 of=$3 folder=$4
shift 4
mkdir -p "$folder"

array=$(sbatch --parsable --requeue --array="1-$of" --job-name=multipolar-shards \
    --output="$folder/slurm-%A-%a.log" "$@" "$here/slurm/shard.sbatch" "$here" "$portfolio" "$trials" "$of" "$folder")
sbatch --parsable --job-name=multipolar-merge --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    --output="$folder/slurm-%j.log" "$@" "$here/slurm/merge.sbatch" "$here" "$portfolio" "$of" "$folder"
