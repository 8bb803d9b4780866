#!/usr/bin/env python3
"""retention.py LEDGER: the retention table of a ledger as CSV."""
import sys

import custcap

with custcap.open(sys.argv[1], read_only=True) as ledger:
    table = ledger.measure("revenue.retention")
    sys.stdout.buffer.write(table.render("csv"))
