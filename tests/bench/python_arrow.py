#!/usr/bin/env python3
"""python_arrow.py DIRECTORY LEDGER: the bulk load out of Arrow, from Python.

The same feed as `bench load` and `bench arrow`, read into a pyarrow table
before the clock runs, then one ledger.post().  What Python adds is a capsule;
the targets are those of arrow.c.  Says nothing where pyarrow is missing.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "bindings", "python"))
try:
    import pyarrow
    import pyarrow.csv
except ImportError:
    sys.exit(0)
import custcap  # noqa: E402


def main(directory, path):
    """Load, and say how long it took."""
    words = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    types = {"party": pyarrow.string(), "day": pyarrow.date32(),
             "amount": pyarrow.decimal128(18, 2), "line": words,
             "channel": words}
    table = pyarrow.csv.read_csv(
        os.path.join(directory, "entries.csv"),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types))
    with custcap.create(path) as ledger:
        spent, start = os.times(), time.perf_counter()
        receipt = ledger.post("entry", table)
        took, after = time.perf_counter() - start, os.times()
    assert receipt.records_new == table.num_rows
    print(f"python_load {took * 1e3:.1f} ms")
    print(f"python_load_cpu {sum(after[:2]) * 1e3 - sum(spent[:2]) * 1e3:.0f}"
          " ms")
    print(f"python_load_rate {receipt.records_new / took:.0f} entries/s")


if __name__ == "__main__":
    main(*sys.argv[1:])
