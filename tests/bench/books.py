#!/usr/bin/env python3
"""books - how fast the variants of the revenue questions are, and points.

A million customers (BOOKS_CUSTOMERS) with three monthly terms each, a third of
them in another currency, and a lot of points each with a burn for every
second.  Prints warm milliseconds of the plain form and of each variant, and
their ratio, which is to be at most 2; and point balances of all parties, which
are to take less than 200 ms.  Answers are compared where they have to agree:
the amounts here are all in the ledger's unit's own digits and rates are 1/1,
so that the converted form must say what the plain form says of everything.
"""
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("B", "build"))
os.environ.setdefault("CUSTCAP_LIBRARY", os.path.join(BUILD,
                                                      "libcustcap.so"))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
import custcap  # noqa: E402

CUSTOMERS = int(os.environ.get("BOOKS_CUSTOMERS", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
COMMAND = os.path.join(BUILD, "custcap")


def feed(path, kind):
    """One CSV of everything, straight into the import."""
    pipe = subprocess.Popen([COMMAND, "import", path, "entry", "-"],
                            stdin=subprocess.PIPE, text=True,
                            stderr=subprocess.DEVNULL)
    write = pipe.stdin.write
    if kind == "terms":
        write("party,day,end,amount,unit\n")
        for i in range(CUSTOMERS):
            for m in range(3):
                first = 1 + (i * 7 + m * 5) % 10
                write(f"c{i},2024-{first:02d}-{1 + i % 28:02d},"
                      f"2024-{first + 1:02d}-{1 + i % 28:02d},"
                      f"{10 + i % 90},EUR\n")
    else:
        write("party,day,end,amount,code,unit,key,ref\n")
        for i in range(CUSTOMERS):
            write(f"c{i},2024-01-{1 + i % 28:02d},2024-12-31,{100 + i % 50},"
                  f"points,PTS,l{i},\n")
            if i % 2:
                write(f"c{i},2024-02-{1 + i % 28:02d},,-{1 + i % 50},"
                      f"points.burn,PTS,,l{i}\n")
    pipe.stdin.close()
    if pipe.wait() != 0:
        raise SystemExit("the import failed")


def timed(snapshot, measure, **asked):
    best, answer = None, None
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        answer = snapshot.measure(measure, **asked)
        took = (time.perf_counter() - began) * 1000
        best = took if best is None or took < best else best
    return best, answer


def main():
    where = os.environ.get("BENCH_DIRECTORY")
    if where:
        os.makedirs(where, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where) as folder:
        path = os.path.join(folder, "books.ledger")
        words = os.path.join(folder, "words.json")
        with open(words, "w", encoding="utf-8") as file:
            file.write('[{"kind": "unit", "code": "PTS", "en": "P", "data": '
                       '{"scale": 0}}, {"kind": "rate", "code": "EUR/USD", '
                       '"data": {"numerator": 1, "denominator": 1}}]')
        subprocess.run([COMMAND, "init", path, "--unit=EUR",
                        f"--vocabulary={words}"], check=True,
                       stderr=subprocess.DEVNULL)
        feed(path, "terms")
        with custcap.open(path) as ledger:
            known = ledger.snapshot().position
        feed(path, "points")
        subprocess.run([COMMAND, "seal", path], check=True,
                       stderr=subprocess.DEVNULL)
        with custcap.open(path) as ledger:
            return report(ledger, known)


def report(ledger, known):
    window = {"from_": "2024-01-01", "to": "2025-01-01"}
    now = ledger.snapshot()
    plain, first = timed(now, "revenue.movements", **window)
    late = 0
    for name, snapshot, more in (
            ("as known then", ledger.snapshot(as_known=known), {}),
            ("runrate", now, {"basis": "runrate"}),
            ("runrate, 10 days' grace", now, {"basis": "runrate",
                                              "grace_days": 10}),
            ("at closing rates", now, {"unit": "USD", "convert": "closing"})):
        asked = dict(window)
        unit = more.pop("unit", None)
        if unit:
            asked["unit"] = unit
        took, answer = timed(snapshot, "revenue.movements", **asked, **more)
        ratio = took / plain
        late += ratio > 2
        print(f"movements {name}: {took:.0f} ms, plain {plain:.0f} ms, "
              f"{ratio:.2f}x (at most 2x)")
        if name != "runrate" and "grace" not in name \
                and answer.to_csv() != first.to_csv():
            print(f"movements {name}: ANOTHER ANSWER")
            late += 100
    took, _ = timed(ledger.snapshot(as_of="2024-06-01"), "customer.points")
    late += took > 200
    print(f"points of {CUSTOMERS} parties: {took:.0f} ms (below 200)")
    return late


if __name__ == "__main__":
    LATE = main()
    sys.exit(1 if LATE >= 100 else
             3 if LATE and os.environ.get("BENCH_STRICT") == "1" else 0)
