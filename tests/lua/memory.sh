#!/bin/sh
# memory: no allocation of Lua's may fail in a way that loses something of
# the library's, or crashes.  See memory.c.
set -u
B=${B:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046
if ! ${CC:-cc} -std=c11 -g -O1 -fsanitize=address,undefined \
    -fno-sanitize-recover=all -Iinclude $(pkg-config --cflags lua5.4) \
    -o "$work/memory" tests/lua/memory.c bindings/lua/*.c \
    "$B/libcustcap.a" $(pkg-config --libs lua5.4) -lsqlite3 -lsodium -lm \
    -pthread >"$work/log" 2>&1; then
    echo "not ok lua/memory $(head -n 5 "$work/log" | tr '\n' ' ')"
    exit 1
fi
"$B/custcap" init "$work/l"
"$B/custcap" post "$work/l" entry party=a day=2024-01-01 amount=9 line=tea \
    >/dev/null
if count=$("$work/memory" tests/lua/memory.lua "$work/l" 2>"$work/log") &&
    [ "$count" -gt 100 ]; then
    echo "ok lua/memory"
else
    echo "not ok lua/memory $(head -n 12 "$work/log" | tr '\n' ' ')"
fi
