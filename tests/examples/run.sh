#!/bin/sh
# run: every example, built and run against an installed copy as a stranger
# would (pkg-config for C, PATH for the shell, LUA_CPATH and PYTHONPATH for
# scripts), and what it prints compared with examples/expected/NAME.txt, whose
# figures were added up by hand from what the example posts.
#
# Then one question from every door: the retention table of the sample company
# as CSV, byte for byte the same.
set -u
B=${B:-build}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
case $B in /*) ;; *) B=$root/$B ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
stage=$work/stage

make_it() { make B="$B" --no-print-directory "$@"; }
fails() { # NAME WHY FILE
    echo "not ok examples/$1 $2" \
        "$(head -n 12 "${3:-/dev/null}" | tr '\n' ' ' | cut -c1-400)"
}

if ! { make_it DESTDIR="$stage" prefix=/usr install &&
    make_it DESTDIR="$stage" prefix=/usr install-lua; } >"$work/log" 2>&1; then
    fails install "make install:" "$work/log"
    exit 1
fi
usr=$stage/usr
PATH=$usr/bin:$PATH
LD_LIBRARY_PATH=$usr/lib
PKG_CONFIG_LIBDIR=$usr/lib/pkgconfig:$(pkg-config --variable pc_path \
    pkg-config)
PKG_CONFIG_SYSROOT_DIR=$stage
LUA_CPATH="$usr/lib/lua/5.4/?.so"
# The package for Python: where `make install` put it, else from the tree.
installed=$(find "$usr" -type d -path '*-packages/custcap' 2>/dev/null |
    head -n 1)
PYTHONPATH=${installed:+$(dirname "$installed")}
PYTHONPATH=${PYTHONPATH:-$root/bindings/python}
CUSTCAP_LIBRARY=$usr/lib/libcustcap.so.0
PYTHONDONTWRITEBYTECODE=1
export PATH LD_LIBRARY_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR \
    LUA_CPATH PYTHONPATH CUSTCAP_LIBRARY PYTHONDONTWRITEBYTECODE

compile() { # SOURCE PROGRAM
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror "$1" -o "$2" \
        $(pkg-config --cflags --libs custcap) >"$work/log" 2>&1
}

# How an example is started; the command is left in "$@" by the caller.
start() { # FILE ARGUMENT...
    file=$1
    shift
    case $file in
    *.c)
        program=$work/$(basename "$file" .c)
        [ -x "$program" ] || compile "$file" "$program" || {
            cat "$work/log" >&2
            return 99
        }
        "$program" "$@"
        ;;
    *.sh) sh "$file" "$@" ;;
    *.lua) lua5.4 "$file" "$@" ;;
    # Without pandas, NumPy and the rest: what they add differs by version.
    *.py) python3 -S "$file" "$@" ;;
    esac
}

# Data files beside the examples come along; nothing else of the tree does.
cp -R examples "$work/examples"
for file in "$work"/examples/*.*; do
    name=$(basename "$file")
    expected=examples/expected/${name%.*}.txt
    if [ ! -f "$expected" ]; then
        case $name in
        retention.*) ;; # compared with each other below
        *) fails "$name" "has no $expected" ;;
        esac
        continue
    fi
    mkdir "$work/run-$name"
    case $name in
    analyst.py) custcap sample "$work/run-$name/shop.ledger" >"$work/log" ;;
    esac
    if ! (cd "$work/run-$name" && start "$file" shop.ledger) \
        >"$work/out" 2>"$work/err" </dev/null; then
        cat "$work/out" >>"$work/err"
        fails "$name" "failed:" "$work/err"
    elif ! diff "$expected" "$work/out" >"$work/diff"; then
        fails "$name" "printed something else:" "$work/diff"
    else
        echo "ok examples/$name"
    fi
done

# The README's lines of Lua, after its first program.
sed -n '/^```lua$/,/^```$/p' README.md | sed '1d;$d' >"$work/readme.lua"
if (cd "$work/run-first.c" && lua5.4 "$work/readme.lua") >"$work/out" 2>&1 &&
    grep -q '^2024-02  80.0%  66.7%  50.0%  40.0%' "$work/out"; then
    echo "ok examples/README in Lua"
else
    fails "README in Lua" "" "$work/out"
fi

# One table, every door.
ledger=$work/sample.ledger
{ custcap init "$ledger" && custcap sample "$ledger" >/dev/null; } ||
    fails sample "no sample company"
start "$work/examples/retention.sh" "$ledger" >"$work/expected.csv"
rows=$(wc -l <"$work/expected.csv")
if [ "$rows" -lt 13 ]; then
    fails retention "the sample company has a table of $rows lines only"
fi
for file in "$work"/examples/retention.*; do
    name=$(basename "$file")
    if start "$file" "$ledger" >"$work/out" 2>"$work/err" &&
        cmp "$work/expected.csv" "$work/out" >>"$work/err" 2>&1; then
        echo "ok examples/$name is byte for byte the shell's"
    else
        fails "$name" "differs:" "$work/err"
    fi
done
