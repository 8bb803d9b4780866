#!/bin/sh
# events.sh - ten million events and a million items, beside DuckDB.
#
# Environment: B the build directory; BENCH_EVENTS (10000000); BENCH_RUNS (7,
# DuckDB 3); BENCH_DIRECTORY for the ledger and the CSV file (about 110 bytes
# an event); BENCH_KEEP=1 keeps them.  Exit: 1 where something failed or an
# answer differs, 3 where a target is missed and BENCH_STRICT=1.
set -eu
B=${B:-build}
CC=${CC:-cc}
here=$(dirname "$0")
data=${BENCH_DIRECTORY:-$B/bench-data}
ledger=$data/events.ledger
csv=$data/events.csv
mkdir -p "$data"
$CC -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Iinclude \
    -o "$B/events" "$here/events.c" "$B/libcustcap.a" \
    -lsqlite3 -lsodium -lm -pthread
if [ ! -f "$ledger" ] || [ ! -f "$csv" ]; then
    rm -f "$ledger" "$ledger"-*
    "$B/events" make "$ledger" "$csv" "${BENCH_EVENTS:-10000000}"
    "$B/custcap" seal "$ledger"
fi
"$B/events" ask "$ledger" "$data" | tee "$data/events.figures"
status=0
if python3 -c 'import duckdb' 2>/dev/null; then
    python3 "$here/events_peer.py" "$csv" "$data" || status=1
else
    echo "events_peer.py: skipped: no duckdb"
fi
if [ "${BENCH_KEEP:-0}" != 1 ]; then
    rm -f "$ledger" "$ledger"-* "$csv"
fi
[ "$status" = 0 ] || exit 1
if grep -q MISSED "$data/events.figures" && [ "${BENCH_STRICT:-0}" = 1 ]; then
    exit 3
fi
