#!/bin/sh
# Three lists that must be the same: what the headers declare, what the hand-
# kept map exports, and what the shared library really gives.  And: every
# header compiles alone, as C11 and as C++ where there is a compiler for it.
set -u
B=${B:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat include/custcap/*.h | tr '\n' ' ' |
    sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g' |
    grep -o 'CUSTCAP_API[^;(]*(' | grep -o 'custcap_[a-z0-9_]* *($' |
    tr -d ' (' | sort -u >"$work/headers"
sed -n 's/^    \(custcap_[a-z0-9_]*\);$/\1/p' lib/custcap.map |
    sort -u >"$work/map"
nm -D --defined-only "$B/libcustcap.so" | sed 's/.* [A-Z] //; s/@.*//' |
    grep -v '^CUSTCAP_' | sort -u >"$work/library"

for pair in "headers map" "map library"; do
    # shellcheck disable=SC2086 # two words
    set -- $pair
    if [ -s "$work/$1" ] && diff "$work/$1" "$work/$2" >"$work/diff"; then
        echo "ok exports of $1 and $2 agree"
    else
        cat "$work/diff"
        echo "not ok exports of $1 and $2 agree"
    fi
done

for header in include/custcap/*.h; do
    name=$(basename "$header")
    if ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude \
        -fsyntax-only -x c "$header"; then
        echo "ok $name alone as C11"
    else
        echo "not ok $name alone as C11"
    fi
    if ! command -v c++ >/dev/null 2>&1; then
        echo "skip $name alone as C++ - no C++ compiler"
    elif c++ -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only \
        -x c++ "$header"; then
        echo "ok $name alone as C++"
    else
        echo "not ok $name alone as C++"
    fi
done
