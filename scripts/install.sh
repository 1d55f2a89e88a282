#!/bin/sh
# Installs the release build: PREFIX/bin, completions for bash, zsh and fish, man pages.
#
# usage: scripts/install.sh PREFIX

set -eu

cd "$(dirname "$0")/.."
if [ $# -ne 1 ] || [ -z "$1" ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
prefix=$1
program=${CARGO_TARGET_DIR:-target}/release/multipolar

install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
    "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$program" "$prefix/bin/multipolar"
"$program" completions bash >"$prefix/share/bash-completion/completions/multipolar"
"$program" completions zsh >"$prefix/share/zsh/site-functions/_multipolar"
"$program" completions fish >"$prefix/share/fish/vendor_completions.d/multipolar.fish"
"$program" man "$prefix/share/man/man1" >/dev/null
printf 'installed: %s\n' "$prefix/bin/multipolar"
