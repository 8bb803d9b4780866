#!/usr/bin/env python3
"""books - how fast the variants of the revenue questions are, and points.

A million customers (BOOKS_CUSTOMERS) with three monthly terms each, and a lot
of points each with a burn for every second.  Prints warm milliseconds of the plain form and of each variant, and
their ratio, which is to be at most 2; and point balances of all parties, which
are to take less than 200 ms.  Answers are compared where they have to agree:
the amounts here are all in the ledger's unit's own digits and rates are 1/1,
so that the converted form must say what the plain form says of everything; and
points are asked of DuckDB, too, where its Python package is there.
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


def write_terms(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("party,day,end,amount,unit\n")
        for i in range(CUSTOMERS):
            day, amount = 1 + i % 28, 10 + i % 90
            file.writelines(
                f"c{i},2024-{1 + (i * 7 + m) % 10:02d}-{day:02d},"
                f"2024-{2 + (i * 7 + m) % 10:02d}-{day:02d},{amount},EUR\n"
                for m in (0, 5, 10))


def write_points(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("party,day,end,amount,code,unit,key,ref\n")
        for i in range(CUSTOMERS):
            day = 1 + i % 28
            file.write(f"c{i},2024-01-{day:02d},2024-12-31,{100 + i % 50},"
                       f"points,PTS,l{i},\n")
            if i % 2:
                file.write(f"c{i},2024-02-{day:02d},,-{1 + i % 50},"
                           f"points.burn,PTS,,l{i}\n")


def feed(path, csv):
    subprocess.run([COMMAND, "import", path, "entry", csv], check=True,
                   stderr=subprocess.DEVNULL)


# Keys are integers for DuckDB, and the letters are cut off when it loads.
LOAD = """CREATE TABLE points AS SELECT CAST(substr(party, 2) AS INTEGER)
AS party, day, "end", amount, code, unit,
CAST(substr(key, 2) AS INTEGER) AS key,
CAST(substr(ref, 2) AS INTEGER) AS ref FROM read_csv('{}', header = true,
columns = {{'party': 'VARCHAR', 'day': 'DATE', 'end': 'DATE',
'amount': 'BIGINT', 'code': 'VARCHAR', 'unit': 'VARCHAR', 'key': 'VARCHAR',
'ref': 'VARCHAR'}})"""
ASK = """CREATE OR REPLACE TEMP TABLE answer AS
WITH taken AS (
    SELECT ref, coalesce(-sum(amount) FILTER (code = 'points.burn'), 0)
        AS spent,
        coalesce(-sum(amount) FILTER (code = 'points.breakage'), 0) AS swept,
        -sum(amount) AS gone
    FROM points WHERE ref IS NOT NULL AND day <= DATE '{0}' GROUP BY ref
),
lot AS (
    SELECT party, unit, "end", amount AS earned,
        coalesce(spent, 0) AS spent,
        coalesce(gone - spent - swept, 0) AS reversed,
        CASE WHEN "end" <= DATE '{0}' THEN 0
            ELSE amount - coalesce(gone, 0) END AS balance
    FROM points LEFT JOIN taken ON taken.ref = points.key
    WHERE points.ref IS NULL AND amount > 0 AND day <= DATE '{0}'
),
of_day AS (
    SELECT party, unit, "end", sum(earned) AS earned, sum(spent) AS spent,
        sum(reversed) AS reversed, sum(balance) AS balance,
        max(balance) > 0 AS goes
    FROM lot GROUP BY ALL
)
SELECT party, unit, sum(earned) AS earned, sum(spent) AS spent,
    sum(earned - spent - reversed - balance) AS expired,
    sum(reversed) AS reversed, sum(balance) AS balance,
    min("end") FILTER (goes) AS next_expiry,
    coalesce(arg_min(balance, "end") FILTER (goes), 0) AS expiring
FROM of_day GROUP BY party, unit"""


def peer(csv, as_of, ours):
    """DuckDB's milliseconds and whether its answer is ours; None without."""
    try:
        import duckdb
    except ImportError:
        return None, True
    base = duckdb.connect(config={
        "threads": int(os.environ.get("BENCH_THREADS", "2"))})
    base.execute(LOAD.format(csv))
    took = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        base.execute(ASK.format(as_of))
        took.append((time.perf_counter() - began) * 1000)
    theirs = base.execute("SELECT 'c' || party, * EXCLUDE (party) "
                          "FROM answer ORDER BY 1").fetchall()
    lines = ["" if cell is None else str(cell) for row in theirs
             for cell in row]
    found = [cell for line in ours.to_csv().splitlines()[1:]
             for cell in line.split(",")]
    return min(took[1:]), lines == found


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
        terms = os.path.join(folder, "terms.csv")
        points = os.path.join(folder, "points.csv")
        with open(words, "w", encoding="utf-8") as file:
            file.write('[{"kind": "unit", "code": "PTS", "en": "P", "data": '
                       '{"scale": 0}}, {"kind": "rate", "code": "EUR/USD", '
                       '"data": {"numerator": 1, "denominator": 1}}]')
        subprocess.run([COMMAND, "init", path, "--unit=EUR",
                        f"--vocabulary={words}"], check=True,
                       stderr=subprocess.DEVNULL)
        write_terms(terms)
        feed(path, terms)
        os.remove(terms)
        with custcap.open(path) as ledger:
            known = ledger.snapshot().position
        write_points(points)
        began = time.perf_counter()
        feed(path, points)
        print(f"import of {CUSTOMERS * 3 // 2} points, a third of them "
              f"burns: {time.perf_counter() - began:.1f} s")
        subprocess.run([COMMAND, "seal", path], check=True,
                       stderr=subprocess.DEVNULL)
        with custcap.open(path) as ledger:
            return report(ledger, known, points)


def report(ledger, known, points):
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
    as_of = "2024-06-01"
    took, answer = timed(ledger.snapshot(as_of=as_of), "customer.points")
    late += took > 200
    theirs, same = peer(points, as_of, answer)
    beside = "" if theirs is None else (f", DuckDB {theirs:.0f} ms, "
                                        f"{theirs / took:.1f}x")
    print(f"points of {CUSTOMERS} parties: {took:.0f} ms (below 200)"
          f"{beside}")
    if not same:
        print("points: ANOTHER ANSWER")
        late += 100
    return late


if __name__ == "__main__":
    LATE = main()
    sys.exit(1 if LATE >= 100 else
             3 if LATE and os.environ.get("BENCH_STRICT") == "1" else 0)
