#!/bin/sh
# people.sh - a million parties, three million roles, five million relations.
#
# Environment: B the build directory; BENCH_PARTIES (1000000); BENCH_RUNS (7);
# BENCH_DIRECTORY for the ledger (about 800 bytes a party); BENCH_KEEP=1 keeps
# it.  Exit: 1 where something failed, 3 where a target is missed and
# BENCH_STRICT=1.
set -eu
B=${B:-build}
CC=${CC:-cc}
here=$(dirname "$0")
data=${BENCH_DIRECTORY:-$B/bench-data}
ledger=$data/people.ledger
mkdir -p "$data"
$CC -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Iinclude \
    -o "$B/people" "$here/people.c" "$B/libcustcap.a" \
    -lsqlite3 -lsodium -lm -pthread
if [ ! -f "$ledger" ]; then
    rm -f "$ledger"-*
    "$B/people" make "$ledger" "${BENCH_PARTIES:-1000000}"
    "$B/custcap" seal "$ledger"
fi
"$B/people" ask "$ledger" | tee "$data/people.figures"
if [ "${BENCH_KEEP:-0}" != 1 ]; then
    rm -f "$ledger" "$ledger"-*
fi
! grep -q DIFFERENT "$data/people.figures" || exit 1
if grep -q MISSED "$data/people.figures" && [ "${BENCH_STRICT:-0}" = 1 ]; then
    exit 3
fi
