"""events_peer.py - the questions of events.c asked of DuckDB, and compared.

    events_peer.py CSV ANSWERS     CSV as events.c writes it; ANSWERS the folder with the library's answers

Prints a line a question: "name ms ... equal" or DIFFERENT.  The definitions are those of the measures, written anew in
SQL; a funnel as one as-of join a step, attribution as numbered paths, the chain of channels solved by elimination in
Python (its time counts, but is nothing).  DuckDB gets what helps it: numbers for parties and instants, enumerated
kinds and objects, the table sorted by party and instant, no conversion to Python objects of long answers.
"""
import csv
import os
import statistics
import sys
import time

try:
    import duckdb
except ImportError:
    print("skipped: no duckdb")
    sys.exit(0)

THREADS = int(os.environ.get("BENCH_THREADS", "2"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
HOURS = 3600

NPS = """
SELECT strftime(to_timestamp(moment) AT TIME ZONE 'UTC', '%Y-%m') AS period, CAST(object AS VARCHAR) AS touchpoint,
    count(*) AS n, count(*) FILTER (number >= 9) AS promoters, count(*) FILTER (number > 6 AND number < 9) AS passives,
    count(*) FILTER (number <= 6) AS detractors
FROM event WHERE kind = 'score.nps' GROUP BY ALL ORDER BY period, touchpoint"""

# n: reports in (moment - 24 h, moment].  Whole seconds: (moment - 86400, moment] is [moment - 86399, moment].
ALERTS = """
WITH counted AS (
    SELECT object, moment, count(*) OVER (PARTITION BY object ORDER BY moment RANGE BETWEEN 86399 PRECEDING AND CURRENT ROW) AS n
    FROM event WHERE kind = 'report'
)
SELECT CAST(object AS VARCHAR), moment FROM counted
QUALIFY n >= 3 AND coalesce(lag(n) OVER (PARTITION BY object ORDER BY moment), 0) < 3
ORDER BY ALL"""

STEPS = ["kind = 'visit' AND object = 'home'", "kind = 'visit' AND object = 'list'",
         "kind = 'visit' AND object = 'product'", "kind = 'visit' AND object = 'cart'", "kind = 'conversion'"]
WITHIN = 2160 * HOURS


def funnel():
    """From every first step, the earliest next ones: in as-of order each step is the first after the one before."""
    text = f"WITH s1 AS (SELECT party, moment AS begun, moment FROM event WHERE {STEPS[0]})"
    for number, step in enumerate(STEPS[1:], 2):
        text += f""",
e{number} AS (SELECT party, moment FROM event WHERE {step}),
s{number} AS (
    SELECT a.party, a.begun, b.moment FROM s{number - 1} AS a ASOF JOIN e{number} AS b ON a.party = b.party AND a.moment < b.moment
    WHERE b.moment - a.begun < {WITHIN}
)"""
    parts = [f"SELECT strftime(to_timestamp(begun) AT TIME ZONE 'UTC', '%Y-%m') AS period, {number} AS step, "
             f"count(DISTINCT party) AS parties FROM s{number} GROUP BY ALL" for number in range(1, len(STEPS) + 1)]
    return text + "\n" + "\nUNION ALL\n".join(parts) + "\nORDER BY period, step"


# Touches and conversions of a party in order; `part` counts conversions before; a touch is on the path of the
# conversion that ends its part where that comes less than 720 h later.
PATHS = f"""
CREATE OR REPLACE TEMP TABLE touch AS
WITH ordered AS (
    SELECT party, moment, kind, object, coalesce(sum(CAST(kind = 'conversion' AS INTEGER)) OVER (PARTITION BY party ORDER BY
        moment, position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS part, position
    FROM event WHERE kind IN ('visit', 'message', 'conversion')
),
ends AS (SELECT party, part, moment AS ended FROM ordered WHERE kind = 'conversion')
SELECT o.party, o.part, o.object, o.moment, o.position, coalesce(o.moment > e.ended - {720 * HOURS}, false) AS won
FROM ordered AS o LEFT JOIN ends AS e ON o.party = e.party AND o.part = e.part WHERE o.kind <> 'conversion'"""

STEP = """
CREATE OR REPLACE TEMP TABLE step AS
SELECT object, won, lead(object) OVER w AS after, row_number() OVER w AS place, count(*) OVER (PARTITION BY party, part,
    won) AS length
FROM touch WINDOW w AS (PARTITION BY party, part, won ORDER BY moment, position)"""

CREDITS = """
SELECT CAST(object AS VARCHAR), count(*) FILTER (won) AS touches, count(*) FILTER (won AND place = 1) AS first,
    count(*) FILTER (won AND place = length) AS last, sum(1 / length) FILTER (won) AS linear,
    sum(CASE WHEN length = 1 THEN 1 WHEN length = 2 THEN 0.5 WHEN place = 1 OR place = length THEN 0.4
        ELSE 0.2 / (length - 2) END) FILTER (won) AS position,
    count(*) FILTER (place = 1) AS begun, count(*) AS total
FROM step GROUP BY object ORDER BY 1"""

COUNTS = """
SELECT CAST(object AS VARCHAR), CAST(after AS VARCHAR), count(*) FROM step WHERE after IS NOT NULL GROUP BY ALL"""


def solve(matrix, right):
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for k in range(n):
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, n + 1):
                rows[i][j] -= factor * rows[k][j]
    for k in range(n - 1, -1, -1):
        rows[k][n] = (rows[k][n] - sum(rows[k][j] * rows[j][n] for j in range(k + 1, n))) / rows[k][k]
    return [row[n] for row in rows]


def converted(credits, counts, without):
    """P, with one channel's steps going nowhere."""
    names = [row[0] for row in credits]
    total = {row[0]: row[7] for row in credits}
    won = {row[0]: row[3] for row in credits}
    matrix = [[(1.0 if a == b else 0.0) - (0 if without in (a, b) else counts.get((a, b), 0) / total[a])
               for b in names] for a in names]
    reach = solve(matrix, [0.0 if a == without else won[a] / total[a] for a in names])
    paths = sum(row[6] for row in credits)
    return sum(row[6] / paths * r for row, r in zip(credits, reach))


def attribution(base):
    base.execute(PATHS)
    base.execute(STEP)
    credits = base.execute(CREDITS).fetchall()
    counts = {(a, b): n for a, b, n in base.execute(COUNTS).fetchall()}
    whole = converted(credits, counts, None)
    effects = {row[0]: 1 - converted(credits, counts, row[0]) / whole for row in credits}
    value = sum(row[2] for row in credits)
    share = sum(effects.values())
    return [(row[0], row[1], row[2], row[3], row[4], row[5], value * effects[row[0]] / share) for row in credits]


PATH_TOP = f"""
WITH ordered AS (
    SELECT party, moment, position, CAST(object AS VARCHAR) AS object, lag(moment) OVER w AS before, FROM event
    WHERE kind IN ('visit', 'message') WINDOW w AS (PARTITION BY party ORDER BY moment, position)
),
pieces AS (
    SELECT *, sum(CAST(coalesce(moment - before > {720 * HOURS}, true) AS INTEGER)) OVER (PARTITION BY party ORDER BY moment,
        position ROWS UNBOUNDED PRECEDING) AS piece
    FROM ordered
),
changes AS (
    SELECT party, piece, moment, position, object FROM pieces
    QUALIFY object IS DISTINCT FROM lag(object) OVER (PARTITION BY party, piece ORDER BY moment, position)
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY party, piece ORDER BY moment, position) AS place FROM changes
),
path AS (
    SELECT string_agg(object, ' > ' ORDER BY place) AS path FROM numbered WHERE place <= 10 GROUP BY party, piece
)
SELECT path, count(*) AS paths FROM path GROUP BY path ORDER BY paths DESC, path LIMIT 100"""


def timed(name, ask):
    times = []
    for _ in range(RUNS):
        before = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - before) * 1e3)
    return answer, statistics.median(times)


def library(folder, name):
    with open(os.path.join(folder, name + ".csv"), encoding="utf-8") as file:
        return list(csv.DictReader(file))


def close(a, b):
    return abs(float(a) - float(b)) <= 2e-6 + 1e-9 * abs(float(b))


def compare(name, found, rows):
    """The library's rows against the peer's."""
    if name == "voice.nps":
        return [tuple(r[c] for c in ("period", "touchpoint")) + tuple(
            int(r[c]) for c in ("n", "promoters", "passives", "detractors")) for r in rows] == found
    if name == "voice.alerts":
        made = sorted((r["object"], r["alert"]) for r in rows)
        return made == [(o, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))) for o, at in found]
    if name == "journey.funnel":
        made = {(r["period"], int(r["step"])): int(r["parties"]) for r in rows}
        return {k: n for k, n in made.items() if n} == {(p, s): n for p, s, n in found}
    if name == "journey.paths":
        return {(r["path"], int(r["paths"])) for r in rows} == set(found)
    made = {r["channel"]: r for r in rows if r["channel"]}
    return len(made) == len(found) and all(
        int(made[c]["touches"]) == touches and close(made[c]["first"], first) and close(made[c]["last"], last)
        and close(made[c]["linear"], linear) and close(made[c]["position"], position)
        and close(made[c]["markov"], markov) for c, touches, first, last, linear, position, markov in found)


def main():
    path, folder = sys.argv[1], sys.argv[2]
    base = duckdb.connect()
    base.execute(f"SET threads = {THREADS}")
    base.execute("SET preserve_insertion_order = false")
    before = time.perf_counter()
    base.execute(f"""CREATE TABLE event AS SELECT CAST(party AS INTEGER) AS party, moment, CAST(kind AS
        ENUM ('score.nps', 'visit', 'message', 'conversion', 'report')) AS kind, object, number,
        row_number() OVER () AS position FROM read_csv('{path}', header = true) ORDER BY party, moment, position""")
    print(f"duckdb_events_load {(time.perf_counter() - before) * 1e3:.0f} ms")
    failed = 0
    for name, ask in (("voice.nps", lambda: base.execute(NPS).fetchall()),
                      ("voice.alerts", lambda: base.execute(ALERTS).fetchall()),
                      ("journey.funnel", lambda: base.execute(funnel()).fetchall()),
                      ("journey.attribution", lambda: attribution(base)),
                      ("journey.paths", lambda: base.execute(PATH_TOP).fetchall())):
        found, spent = timed(name, ask)
        equal = compare(name, found, library(folder, name))
        failed += not equal
        print(f"{name:<20} duckdb  {spent:7.1f} ms  {'equal' if equal else 'DIFFERENT'}", flush=True)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
