#!/bin/sh
# Packs the published build (cargo build --profile published) with what belongs to it: target/dist/multipolar-VERSION-TARGET.tar.gz (.zip for Windows).
# The same program gives the same archive: names are sorted, times and owners are fixed.
#
# usage: scripts/archive.sh TARGET      such as x86_64-unknown-linux-gnu

set -eu

cd "$(dirname "$0")/.."
if [ $# -ne 1 ]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
target=$1
built=${CARGO_TARGET_DIR:-target}/published
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=multipolar-$version-$target
dist=target/dist
rm -rf "$dist/$name"
mkdir -p "$dist/$name"

program=$built/multipolar
[ -f "$program" ] || program=$built/multipolar.exe
cp "$program" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE jurisdictions.yaml "$dist/$name/"
cp -R portfolios deploy "$dist/$name/"
mkdir -p "$dist/$name/completions" "$dist/$name/man"
for shell in bash zsh fish powershell; do "$program" completions "$shell" >"$dist/$name/completions/multipolar.$shell"; done
"$program" man "$dist/$name/man" >/dev/null

python3 - "$dist" "$name" "$target" <<'PYTHON'
import gzip, io, sys, tarfile, zipfile
from pathlib import Path

dist, name, target = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
files = sorted(path for path in (dist / name).rglob("*") if path.is_file())
executable = lambda path: path.suffix in {".sh", ".exe"} or path.name == "multipolar"
if "windows" in target:
    with zipfile.ZipFile(dist / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(dist).as_posix())
            entry.external_attr = (0o755 if executable(path) else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
else:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(dist).as_posix())
            data = path.read_bytes()
            entry.size, entry.mode = len(data), 0o755 if executable(path) else 0o644
            archive.addfile(entry, io.BytesIO(data))
    (dist / f"{name}.tar.gz").write_bytes(gzip.compress(tar.getvalue(), mtime=0))
PYTHON
rm -rf "$dist/$name"
ls "$dist"
