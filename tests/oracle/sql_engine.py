"""sql_engine - the same measures asked of general SQL engines.

A third opinion beside the library and definitions.py: the definitions as a
few SELECTs (joins, GROUP BY, RANK), run by Python's own SQLite and, where the
module is installed, by DuckDB, over random companies and the sample company.
Every cell must agree.  SQL_SETS is how many random companies (default 15).
"""
import csv
import datetime
import os
import random
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                             "support")]
import definitions as d  # noqa: E402
import harness as h  # noqa: E402
import random_ledgers  # noqa: E402

SETS = int(os.environ.get("SQL_SETS", "15"))

TABLES = """
CREATE TABLE sale(party TEXT, day BIGINT, finish BIGINT, amount BIGINT,
    line TEXT, channel TEXT, settles BIGINT);
CREATE TABLE period(n BIGINT, first BIGINT, stop BIGINT);
CREATE TABLE referred(party TEXT, referrer TEXT, day BIGINT);
"""

# What is recognised in a period: all of it on its day, or the difference of
# two cumulative amounts, each rounded toward zero (as integer division is).
RECOGNISED = """
CREATE TABLE v AS
SELECT sale.party, sale.line, period.n, SUM(CASE
    WHEN finish IS NULL OR finish <= day THEN amount
    ELSE amount * ((CASE WHEN finish < stop THEN finish ELSE stop END) - day)
            {div} (finish - day)
        - amount * ((CASE WHEN day > first THEN day ELSE first END) - day)
            {div} (finish - day)
    END) AS amount
FROM sale JOIN period ON day < stop AND CASE
    WHEN finish IS NULL OR finish <= day THEN day >= first
    ELSE finish > first END
GROUP BY sale.party, sale.line, period.n;
CREATE TABLE value AS
SELECT party, n, SUM(amount) AS amount FROM v GROUP BY party, n;
CREATE TABLE since AS
SELECT party, MIN(n) AS n FROM value WHERE amount > 0 GROUP BY party;
CREATE TABLE first_day AS
SELECT party, MIN(day) AS day FROM sale WHERE amount > 0 GROUP BY party;
CREATE TABLE pair AS
SELECT period.n, party.party, COALESCE(old.amount, 0) AS v0,
    COALESCE(new.amount, 0) AS v1,
    CASE WHEN since.n < period.n THEN 1 ELSE 0 END AS known
FROM period
CROSS JOIN (SELECT DISTINCT party FROM value) AS party
LEFT JOIN value AS old ON old.party = party.party AND old.n = period.n - 1
LEFT JOIN value AS new ON new.party = party.party AND new.n = period.n
LEFT JOIN since ON since.party = party.party;
"""

MOVEMENTS = """
SELECT n,
    SUM(v0), SUM(CASE WHEN v0 <= 0 AND v1 > 0 AND known = 0 THEN v1 ELSE 0 END),
    SUM(CASE WHEN v0 <= 0 AND v1 > 0 AND known = 1 THEN v1 ELSE 0 END),
    SUM(CASE WHEN v0 > 0 AND v1 > v0 THEN v1 - v0 ELSE 0 END),
    SUM(CASE WHEN v0 > v1 AND v1 > 0 THEN v0 - v1 ELSE 0 END),
    SUM(CASE WHEN v0 > 0 AND v1 <= 0 THEN v0 - v1 ELSE 0 END),
    0,
    SUM(CASE WHEN v0 > 0 THEN 0 WHEN v1 < 0 THEN v1 - v0 ELSE -v0 END),
    SUM(v1),
    COUNT(CASE WHEN v0 > 0 THEN 1 END),
    COUNT(CASE WHEN v0 <= 0 AND v1 > 0 AND known = 0 THEN 1 END),
    COUNT(CASE WHEN v0 <= 0 AND v1 > 0 AND known = 1 THEN 1 END),
    COUNT(CASE WHEN v0 > 0 AND v1 > v0 THEN 1 END),
    COUNT(CASE WHEN v0 > v1 AND v1 > 0 THEN 1 END),
    COUNT(CASE WHEN v0 > 0 AND v1 <= 0 THEN 1 END),
    COUNT(CASE WHEN v1 > 0 THEN 1 END)
FROM pair GROUP BY n ORDER BY n
"""
RETENTION = """
SELECT n, SUM(CASE WHEN v0 > 0 THEN v1 ELSE 0 END),
    SUM(CASE WHEN v0 > 0 THEN v0 ELSE 0 END),
    SUM(CASE WHEN v0 > 0 AND v1 > v0 THEN v0
        WHEN v0 > 0 AND v1 > 0 THEN v1 ELSE 0 END),
    COUNT(CASE WHEN v0 > 0 AND v1 > 0 THEN 1 END),
    COUNT(CASE WHEN v0 > 0 THEN 1 END)
FROM pair GROUP BY n ORDER BY n
"""
COHORTS = """
SELECT cohort.n, period.n - cohort.n,
    COUNT(CASE WHEN value.amount > 0 THEN 1 END),
    COALESCE(SUM(value.amount), 0)
FROM (SELECT party, period.n FROM first_day JOIN period
        ON day >= first AND day < stop) AS cohort
JOIN period ON period.n >= cohort.n
LEFT JOIN value ON value.party = cohort.party AND value.n = period.n
GROUP BY cohort.n, period.n ORDER BY 1, 2
"""
RFM = """
WITH bought AS (
    SELECT party, day, SUM(amount) AS amount FROM sale
    WHERE settles = 0 AND amount >= 0 AND day <= {as_of}
    GROUP BY party, day),
buyer AS (
    SELECT party, MAX(day) AS recent, COUNT(*) AS days, SUM(amount) AS amount
    FROM bought GROUP BY party)
SELECT party,
    1 + 5 * (RANK() OVER (ORDER BY recent) - 1) {div} COUNT(*) OVER (),
    1 + 5 * (RANK() OVER (ORDER BY days) - 1) {div} COUNT(*) OVER (),
    1 + 5 * (RANK() OVER (ORDER BY amount) - 1) {div} COUNT(*) OVER ()
FROM buyer ORDER BY party
"""
SUMMARY = """
WITH bought AS (
    SELECT party, day, SUM(amount) AS amount FROM sale
    WHERE settles = 0 AND amount >= 0 AND day <= {as_of}
    GROUP BY party, day),
edge AS (SELECT party, MIN(day) AS day FROM bought GROUP BY party)
SELECT bought.party, MIN(edge.day), MAX(bought.day), COUNT(*) - 1,
    MAX(bought.day) - MIN(edge.day), {as_of} - MIN(edge.day),
    SUM(CASE WHEN bought.day > edge.day THEN bought.amount ELSE 0 END)
FROM bought JOIN edge ON edge.party = bought.party
GROUP BY bought.party ORDER BY bought.party
"""
STRUCTURE = """
WITH line_first AS (
    SELECT party, line, MIN(day) AS day FROM sale WHERE amount > 0
    GROUP BY party, line),
came AS (
    SELECT party, MIN(channel) AS channel FROM sale
    JOIN first_day USING (party, day) WHERE amount > 0 GROUP BY party),
part AS (
    SELECT inside.amount, CASE
        WHEN first_day.day < {start} AND line_first.day < {start} THEN 0
        WHEN first_day.day < {start} THEN 1
        WHEN referred.day <= first_day.day
            AND theirs.day < first_day.day THEN 2
        WHEN came.channel = 'paid' OR came.channel LIKE 'paid.%' THEN 3
        ELSE 4 END AS kind
    FROM (SELECT party, line, SUM(amount) AS amount FROM v
          WHERE n >= {n} GROUP BY party, line) AS inside
    LEFT JOIN first_day ON first_day.party = inside.party
    LEFT JOIN line_first ON line_first.party = inside.party
        AND line_first.line = inside.line
    LEFT JOIN came ON came.party = inside.party
    LEFT JOIN referred ON referred.party = inside.party
    LEFT JOIN first_day AS theirs ON theirs.party = referred.referrer)
SELECT kind, SUM(amount) FROM part GROUP BY kind ORDER BY kind
"""
PARTS = ["retention", "ramp_up", "referral", "paid_new", "other_new"]


class Engine:
    """SQL in, rows out."""

    def __init__(self, name):
        self.name = name
        if name == "duckdb":
            import duckdb
            self.connection, self.division = duckdb.connect(":memory:"), "//"
        else:
            import sqlite3
            self.connection = sqlite3.connect(":memory:")
            self.division = "/"

    def script(self, text):
        for statement in text.split(";"):
            if statement.strip():
                self.connection.execute(
                    statement.replace("{div}", self.division))

    def fill(self, table, rows):
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.connection.executemany(
                f"INSERT INTO {table} VALUES({marks})", rows)

    def rows(self, text, **values):
        text = text.replace("{div}", self.division)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return self.connection.execute(text).fetchall()


def engines():
    names = ["sqlite"]
    try:
        import duckdb  # noqa: F401
        names.append("duckdb")
    except ImportError:
        print("skip oracle/sql_engine/duckdb - the module is not installed")
    return names


def number(day):
    return day.toordinal()


def fill(engine, entries, referred, period):
    start, stop = d.default_window(entries, period)
    days = d.calendar(start, stop, period)
    engine.script(TABLES)
    engine.fill("sale", [(e.party, number(e.day),
                          number(e.end) if e.end else None, e.amount, e.line,
                          e.channel, 1 if e.ref else 0) for e in entries])
    engine.fill("period", [(n, number(a), number(b)) for n, (a, b) in
                           enumerate(zip(days, days[1:]))])
    engine.fill("referred", [(p, by, number(day)) for p, (by, day) in
                             referred.items()])
    engine.script(RECOGNISED)
    return days


def agree(found, expected, what):
    assert found == expected, next(
        (f"{what}: {a}, expected {b}" for a, b in zip(found, expected)
         if a != b), f"{what}: {len(found)} rows, expected {len(expected)}")
    return sum(len(row) for row in expected)


def ratio(row, name):
    return int(row[name + "_num"]), int(row[name + "_den"])


def tables(ledger, engine, days, period):
    """Movements, retention, cohorts."""
    labels = [d.label(day, period) for day in days[:-1]]
    wanted = engine.rows(MOVEMENTS)
    rows = h.measure(ledger, "revenue.movements", f"--period={period}")
    found = [(labels.index(r["period"]), *[
        h.minor(v) if "." in v else int(v) for v in list(r.values())[1:]])
        for r in rows]
    count = agree(found, wanted, "movements")
    rows = h.measure(ledger, "revenue.retention", f"--period={period}")
    found = [(labels.index(r["period"]), *ratio(r, "nrr"), ratio(r, "grr")[0],
              *ratio(r, "logo")) for r in rows]
    count += agree(found, engine.rows(RETENTION), "retention")
    rows = h.measure(ledger, "revenue.cohorts", f"--period={period}")
    found = [(labels.index(r["cohort"]), int(r["age"]), int(r["customers"]),
              h.minor(r["revenue"])) for r in rows]
    return count + agree(found, engine.rows(COHORTS), "cohorts")


def people(ledger, engine, days):
    """Summary and RFM at two moments."""
    count = 0
    for day in (days[-1] - d.ONE, days[len(days) // 2]):
        as_of = f"--as-of={day}"
        rows = h.measure(ledger, "customer.rfm", as_of)
        found = [(r["party"], *[int(r[c]) for c in (
            "recency_score", "frequency_score", "monetary_score")])
            for r in rows]
        count += agree(found, engine.rows(RFM, as_of=number(day)), "rfm")
        rows = h.measure(ledger, "customer.summary", as_of)
        found = [(r["party"], *[
            number(datetime.date.fromisoformat(r[c]))
            for c in ("first_day", "last_day")], *[int(r[c]) for c in (
                "frequency", "recency", "age", "monetary_num")])
            for r in rows]
        count += agree(found, engine.rows(SUMMARY, as_of=number(day)),
                       "summary")
    return count


def parts(ledger, engine, days, period):
    count = 0
    for at in (0, len(days) // 2):
        start = days[at]
        row, = h.measure(ledger, "capital.structure", f"--period={period}",
                         f"--from={start}", f"--to={days[-1]}")
        wanted = dict(engine.rows(STRUCTURE, start=number(start), n=at))
        found = [h.minor(row[name]) for name in PARTS]
        count += agree([found], [[wanted.get(k) or 0 for k in range(5)]],
                       f"structure from {start}")
    return count


def one_company(ledger, entries, referred, period):
    count = 0
    for name in NAMES:
        engine = Engine(name)
        days = fill(engine, entries, referred, period)
        try:
            count += tables(ledger, engine, days, period)
            count += people(ledger, engine, days)
            if len(days) > 2:
                count += parts(ledger, engine, days, period)
        except AssertionError as why:
            raise AssertionError(f"{name}, by {period}: {why}") from why
    return count


def random_companies(report):
    count = 0
    for seed in range(10001, 10001 + SETS):
        rng = random.Random(seed)
        entries, referred = random_ledgers.company(rng)
        ledger = report.path(f"{seed}.ledger")
        random_ledgers.load(ledger, entries, referred, rng)
        try:
            count += one_company(ledger, entries, referred,
                                 rng.choice(["week", "month", "quarter"]))
        except AssertionError as why:
            raise AssertionError(f"company {seed}: {why}") from why
    return f"{SETS} companies, {count} cells"


def sample_company(report):
    ledger = report.path("sample.ledger")
    h.run("sample", ledger, "--customers=150", "--seed=12")
    entries, referred = [], {}
    for row in csv.DictReader(h.run("export", ledger, "entry")
                              .decode().splitlines()):
        if row["code"].split(".")[0] == "revenue" and row["party"] != "us":
            end = row["end"]
            entries.append(d.Entry(
                row["party"], datetime.date.fromisoformat(row["day"][:10]),
                h.minor(row["amount"]),
                datetime.date.fromisoformat(end) if end else None,
                row["line"], row["channel"], row["ref"] or None))
    for row in h.csv_rows(h.run("export", ledger, "relation")):
        if row["type"] == "referred-by":
            referred[row["party"]] = (
                row["other"], datetime.date.fromisoformat(row["from"][:10]))
    count = sum(one_company(ledger, entries, referred, period)
                for period in ("month", "quarter"))
    return f"{len(entries)} entries, {count} cells"


def main():
    report = h.Report("oracle/sql_engine")
    report.test("random_companies", random_companies, report)
    report.test("sample_company", sample_company, report)
    report.finish()


if __name__ == "__main__":
    NAMES = engines()
    main()
