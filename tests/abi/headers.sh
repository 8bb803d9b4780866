#!/bin/sh
# Every public header compiles alone, as C11 and as C++ (the oldest the
# compiler knows and its newest), and all of them together and twice.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

try() { # NAME COMPILER...
    name=$1
    shift
    if "$@" -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only \
        2>"$work/log"; then
        echo "ok abi/$name"
    else
        head -n 5 "$work/log"
        echo "not ok abi/$name"
    fi
}

for header in include/custcap/*.h; do
    name=$(basename "$header")
    try "$name alone as C11" "${CC:-cc}" -std=c11 -x c "$header"
    if ! command -v c++ >/dev/null 2>&1; then
        echo "skip abi/$name alone as C++ - no C++ compiler"
        continue
    fi
    try "$name alone as C++11" c++ -std=c++11 -x c++ "$header"
    try "$name alone as C++20" c++ -std=c++20 -x c++ "$header"
done

for header in include/custcap/*.h include/custcap/*.h; do
    echo "#include <custcap/$(basename "$header")>"
done >"$work/all.c"
try "all headers, twice" "${CC:-cc}" -std=c11 -x c "$work/all.c"

# The control: a header that leans on another is caught.
echo 'int64_t custcap_leans(void);' >"$work/leans.h"
if "${CC:-cc}" -std=c11 -fsyntax-only -x c "$work/leans.h" 2>/dev/null; then
    echo "not ok abi/a header that leans on another is caught"
else
    echo "ok abi/a header that leans on another is caught"
fi
