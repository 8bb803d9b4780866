#!/bin/sh
# retention.sh - the retention table of a ledger as CSV.
# sh retention.sh demo.ledger
exec custcap measure "${1:-demo.ledger}" revenue.retention --format=csv
