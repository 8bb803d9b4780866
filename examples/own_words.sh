#!/bin/sh
# own_words.sh - a host with words of its own: lines, segments, a guard.
# sh own_words.sh [LEDGER]
#
# own-words/words.json names them.  Segments are rules in it, for the measures
# customer.segment and customer.segments; where rules are not enough, a measure
# of the host's own is SQL in a file beside it, and so is the guard.  Both run
# behind the library's walls: they see the documented tables and nothing else,
# and can't write.
set -eu
here=$(dirname "$0")
ledger=${1:-shop.ledger}
custcap init "$ledger" --vocabulary="$here/own-words/words.json"

post() { custcap post "$ledger" entry "$@" >/dev/null; }
post party=ann day=2024-01-10 amount=20 line=coffee
post party=ann day=2024-02-10 amount=25 line=coffee
post party=bob day=2024-01-11 amount=480 line=machine
post party=bob day=2024-02-12 amount=700 line=machine
post party=cho day=2024-02-20 amount=15 line=coffee

echo "A new customer who wants too much at once:"
if custcap post "$ledger" entry party=dan day=2024-02-21 amount=500.01 \
    line=machine 2>refused.log; then
    exit 1
fi
grep -o 'dan is new.*' refused.log | head -n 1

echo "Segments by rule:"
custcap measure "$ledger" customer.segments --format=csv
echo "Segments by a measure of the shop's own:"
custcap measure "$ledger" shop.segments --format=csv
echo "Whoever has coffee in one month is a regular already:"
custcap measure "$ledger" shop.segments --set months=1 --format=csv
