#!/bin/sh
# Plans many portfolios, one a job: reports/NAME/ each. Stops at the first that fails, after those that run have ended.
#
# usage: portfolios.sh PORTFOLIO.. [-- flags of multipolar plan]
# environment: MULTIPOLAR, the program (default: multipolar); JOBS, how many at a time (default: 1 for every 4 cores)

set -eu

flags=
portfolios=
quoted() { printf "'%s' " "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
while [ $# -gt 0 ]; do
    if [ "$1" = -- ]; then
        shift
        for flag in "$@"; do flags="$flags$(quoted "$flag")"; done
        break
    fi
    portfolios="$portfolios$1
"
    shift
done
if [ -z "$portfolios" ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
printf '%s' "$portfolios" | parallel --jobs "${JOBS:-25%}" --halt soon,fail=1 \
    "'${MULTIPOLAR:-multipolar}' plan {} --quiet $flags"
