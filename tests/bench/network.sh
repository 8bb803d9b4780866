#!/bin/sh
# network.sh - a million parties, ten million relations, and what igraph says.
#
# Environment: B the build directory; BENCH_PARTIES (1000000) and
# BENCH_RELATIONS (ten a party); BENCH_RUNS (5); BENCH_DIRECTORY for the ledger
# (about 90 bytes a relation); BENCH_KEEP=1 keeps it.  Exit: 1 where something
# failed or an answer differs, 3 where a target is missed and BENCH_STRICT=1.
set -eu
B=${B:-build}
CC=${CC:-cc}
here=$(dirname "$0")
data=${BENCH_DIRECTORY:-$B/bench-data}
ledger=$data/network.ledger
parties=${BENCH_PARTIES:-1000000}
mkdir -p "$data"
$CC -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Iinclude \
    -o "$B/network" "$here/network.c" "$B/libcustcap.a" \
    -lsqlite3 -lsodium -lm -pthread
if [ ! -f "$ledger" ]; then
    rm -f "$ledger"-*
    "$B/network" make "$ledger" "$parties" \
        "${BENCH_RELATIONS:-$((parties * 10))}" "$data/network.edges"
fi
"$B/network" ask "$ledger" "$data" | tee "$data/network.figures"
differ=0
python3 "$here/network_peer.py" "$data" || differ=$?
if [ "${BENCH_KEEP:-0}" != 1 ]; then
    rm -f "$ledger" "$ledger"-* "$data"/network.edges "$data"/ecosystem.*.csv
fi
[ $differ = 0 ] || exit 1
if grep -q MISSED "$data/network.figures" && [ "${BENCH_STRICT:-0}" = 1 ]; then
    exit 3
fi
