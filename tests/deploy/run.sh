#!/usr/bin/env bash
# Runs the recipes of deploy/ for real: the merged bytes of each are those of one run, also after a shard was killed.
# Installs what is missing (GNU parallel and Slurm by apt, Snakemake and Dask from PyPI); a recipe is left out, in words,
# only where its package cannot be installed. The Kubernetes jobs are held against the published schema.
#
# usage: tests/deploy/run.sh PROGRAM [FOLDER]     FOLDER keeps the Python environment (default: target/deploy)

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
MULTIPOLAR=$(realpath "$1")
export MULTIPOLAR
kept=${2:-target/deploy}
mkdir -p "$kept"
kept=$(realpath "$kept")
work=$(mktemp -d)
trap 'stop_slurm; rm -rf "$work"' EXIT

portfolio=$work/portfolio.yaml
cp portfolios/quickstart.yaml "$portfolio"
trials=600 of=3
failed=0

say() { printf 'deploy: %s\n' "$*"; }
installed() { command -v "$1" >/dev/null 2>&1; }

apt_install() {
    installed apt-get && [ "$(id -u)" = 0 ] || return 1
    { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }; } \
        >"$work/apt.log" 2>&1
}

python_environment() {
    [ -x "$kept/venv/bin/snakemake" ] && return 0
    python3 -m venv "$kept/venv" &&
        "$kept/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tests/deploy/requirements.txt
}

# The one run that every recipe has to equal.
"$MULTIPOLAR" simulate "$portfolio" --trials $trials --trials-out "$work/one.csv" --format json --out "$work/one.json" --quiet

same() {
    local name=$1 folder=$2
    if cmp "$work/one.json" "$folder/all.json" && cmp "$work/one.csv" "$folder/all.csv"; then
        say "$name: same bytes as one run"
    else
        say "$name: other bytes than one run"
        return 1
    fi
}

# A shard that is killed leaves nothing behind, and the next attempt runs only what is missing.
resumes() {
    local folder=$work/resumes
    deploy/shard.sh "$portfolio" $trials 1 $of "$folder" 2>"$work/first"
    deploy/shard.sh "$portfolio" 5000000 2 $of "$folder" 2>/dev/null &
    local task=$!
    sleep 1
    kill -KILL $task
    wait $task 2>/dev/null || true
    [ ! -e "$folder/shard-2.csv" ] && [ ! -e "$folder/shard-2.csv.json" ]
    for number in 1 2 3; do deploy/shard.sh "$portfolio" $trials $number $of "$folder" 2>>"$work/again"; done
    [ "$(grep -c 'shard . of 3 is done' "$work/again")" = 1 ]
    deploy/merge.sh "$portfolio" $of "$folder"
    same 'a shard that was killed' "$folder"
    # Without one of its shards there is no answer.
    rm "$folder"/shard-3.csv* "$folder"/all.*
    ! deploy/merge.sh "$portfolio" $of "$folder" 2>"$work/missing"
    [ ! -e "$folder/all.json" ]
}

with_parallel() {
    deploy/parallel/study.sh "$portfolio" $trials $of "$work/parallel" --jobs 2
    same 'GNU parallel' "$work/parallel"
    cp "$portfolio" "$work/it's one.yaml"
    local deploy=$PWD/deploy
    (cd "$work" && JOBS=2 "$deploy/parallel/portfolios.sh" portfolio.yaml "it's one.yaml" -- --trials 20 >/dev/null)
    [ -d "$work/reports/portfolio" ] && [ -d "$work/reports/it's one" ]
    say 'GNU parallel: two portfolios planned'
}

with_snakemake() {
    "$kept/venv/bin/snakemake" --quiet all --directory "$work/snakemake" --snakefile deploy/snakemake/Snakefile --cores 2 \
        --config "portfolio=$portfolio" trials=$trials shards=$of "multipolar=$MULTIPOLAR" 2>"$work/snakemake.log" ||
        { cat "$work/snakemake.log"; return 1; }
    same Snakemake "$work/snakemake/shards"
}

with_dask() {
    "$kept/venv/bin/python" deploy/dask/study.py "$portfolio" --trials $trials --shards $of --folder "$work/dask" \
        >/dev/null 2>"$work/dask.log" || { cat "$work/dask.log"; return 1; }
    same Dask "$work/dask"
}

# --- Slurm: a cluster of one node, on this machine ---------------------------------------------------------------------

export SLURM_CONF=$work/slurm/slurm.conf

start_slurm() {
    local host
    host=$(hostname -s)
    mkdir -p "$work/slurm/state" "$work/slurm/spool"
    head -c 1024 /dev/urandom >"$work/slurm/munge.key"
    chmod 600 "$work/slurm/munge.key"
    chmod 755 "$work" "$work/slurm"
    cat >"$work/slurm/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/slurm/munge.socket
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
SlurmctldLogFile=$work/slurm/slurmctld.log
SlurmdLogFile=$work/slurm/slurmd.log
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SchedulerType=sched/backfill
SelectType=select/cons_tres
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    munged --force --key-file="$work/slurm/munge.key" --socket="$work/slurm/munge.socket" --pid-file="$work/slurm/munged.pid" \
        --log-file="$work/slurm/munged.log" --seed-file="$work/slurm/munge.seed" 2>"$work/slurm/munged.err"
    slurmctld -i
    slurmd
    for _ in $(seq 40); do
        sinfo --noheader --format=%t 2>/dev/null | grep -qE '^(idle|mix)$' && return 0
        sleep 0.5
    done
    return 1
}

stop_slurm() {
    [ -e "$work/slurm/munged.pid" ] || return 0
    scontrol shutdown >/dev/null 2>&1 || true
    sleep 1
    munged --stop --socket="$work/slurm/munge.socket" --pid-file="$work/slurm/munged.pid" >/dev/null 2>&1 || true
}

with_slurm() {
    if ! start_slurm; then
        tail -n 20 "$work"/slurm/*.log
        return 1
    fi
    local merge
    merge=$(deploy/slurm/study.sh "$portfolio" $trials $of "$work/shards")
    for _ in $(seq 120); do
        [ -n "$(squeue --noheader --jobs="$merge" 2>/dev/null)" ] || break
        sleep 0.5
    done
    same Slurm "$work/shards" || { tail -n 20 "$work"/shards/*.log; return 1; }
}

with_kubernetes() {
    "$kept/venv/bin/kubernetes-validate" --strict deploy/kubernetes/*.yaml >"$work/kubernetes.log" 2>&1 ||
        { cat "$work/kubernetes.log"; return 1; }
    say 'Kubernetes: the jobs are valid'
}

# Runs a recipe in a shell of its own that ends at the first command that fails.
attempt() { # name, function
    local status
    set +e
    (set -e; "$2")
    status=$?
    set -e
    if [ $status -ne 0 ]; then
        say "$1: FAILED"
        failed=1
    fi
}

attempt 'a killed shard' resumes
if installed parallel || apt_install parallel; then attempt 'GNU parallel' with_parallel; else say 'GNU parallel: cannot be installed, left out'; fi
if python_environment; then
    attempt Snakemake with_snakemake
    attempt Dask with_dask
    attempt Kubernetes with_kubernetes
else
    say 'Snakemake, Dask, Kubernetes: the Python packages cannot be installed, left out'
fi
if { installed slurmctld && installed slurmd && installed munged; } || apt_install slurmctld slurmd slurm-client munge; then
    attempt Slurm with_slurm
else
    say 'Slurm: cannot be installed, left out'
fi
exit $failed
