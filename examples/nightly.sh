#!/bin/sh
# nightly.sh - what a shop runs every night.
# sh nightly.sh [LEDGER [ORDERS.csv ...]]
#
# Takes in the day's export (all of a file or none of it; orders known already
# are passed over), looks everything through, keeps a copy and the head of the
# journal elsewhere, and prints what the office reads in the morning.
set -eu
here=$(dirname "$0")
ledger=${1:-shop.ledger}
[ $# -le 1 ] && set -- "$ledger" "$here"/nightly/orders-*.csv
shift

[ -e "$ledger" ] || custcap init "$ledger" --zone=Asia/Shanghai

for file in "$@"; do
    echo "== $(basename "$file")"
    # Exit 0 is all, anything else is nothing: 1 bad rows, 4 busy, 5 conflict,
    # 6 refused by a guard.
    if custcap import "$ledger" entry "$file" \
        --map="$here/nightly/orders.map" 2>import.log; then
        orders=$(custcap export "$ledger" entry | tail -n +2 | wc -l)
        echo "$((orders)) orders by now"
    else
        echo "not taken in ($?):"
        sed "s|$here/||" import.log
    fi
done

custcap verify "$ledger" >/dev/null
custcap seal "$ledger" >/dev/null
rm -f "$ledger.copy"
custcap backup "$ledger" "$ledger.copy"
[ "$(custcap head "$ledger")" = "$(custcap head "$ledger.copy")" ]
custcap head "$ledger" >"$ledger.head" # off this machine, if you can

echo "== movements"
custcap measure "$ledger" revenue.movements --format=csv
