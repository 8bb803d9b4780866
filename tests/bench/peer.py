"""peer.py - the same questions asked of DuckDB, from the definitions.

    peer.py load DIRECTORY DATABASE            entries.csv, referrals.csv into two tables
    peer.py cold DATABASE ORDER                open and Q1, once (ORDER: arrival, sorted)
    peer.py warm DATABASE ANSWERS              Q1 to Q5, and their answers as CSV
    peer.py append DIRECTORY DATABASE ANSWERS  Q6

Prints lines "name value unit"; a time is the median of several runs.  Answers are integers (money in minor units,
days since 1970) and text, rows by key, so that they can be compared byte by byte with the library's.

DuckDB gets what helps it: parties as INTEGER (the letter of the host key is cut off at the load), one table in order
of arrival and one sorted by party and day, no ORDER BY where an answer is long, no conversion to Python objects of
long answers.  Each question was written in several ways; what stands here was fastest.
"""
import os
import resource
import statistics
import sys
import time

try:
    import duckdb
except ImportError:
    print("skipped: no duckdb")
    sys.exit(0)

THREADS = int(os.environ.get("BENCH_THREADS", "2"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
PARTY_ASKED = int(os.environ.get("BENCH_PARTY", "1"))  # C0000001
ORDERS = {"arrival": "entry", "sorted": "entry_sorted"}
FROM, TO = "DATE '2019-01-01'", "DATE '2024-01-01'"
YEAR_FROM = "DATE '2023-01-01'"
AS_OF = "DATE '2023-12-31'"
MONTHS = 60
COLUMNS = "{'party': 'VARCHAR', 'day': 'DATE', 'amount': 'DECIMAL(12,2)', 'line': 'VARCHAR', 'channel': 'VARCHAR'}"
PARTY = "CAST(substr(party, 2) AS INTEGER)"
KEY = "printf('C%07d', party)"

# v(c) of every period.
VALUE = f"""
value AS (
    SELECT party, datediff('month', {FROM}, day) AS month, sum(amount) AS v
    FROM {{entry}} WHERE day >= {FROM} AND day < {TO} GROUP BY ALL
)"""

# v0 and v1 of every customer and period in which one of them may differ from 0.  `active`: v > 0 in an earlier period.
PAIR = VALUE + f""",
ordered AS (
    SELECT month, v, lag(month) OVER w AS before, lag(v) OVER w AS v_before, lead(month) OVER w AS after,
        coalesce(max(v) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) > 0 AS active
    FROM value WINDOW w AS (PARTITION BY party ORDER BY month)
),
pair AS (
    SELECT month, CASE WHEN before = month - 1 THEN v_before ELSE 0 END AS v0, v AS v1, active FROM ordered
    UNION ALL
    SELECT month + 1, v, 0, true FROM ordered
    WHERE (after IS NULL OR after > month + 1) AND month + 1 < {MONTHS}
)"""

MOVEMENTS = "WITH" + PAIR + f"""
SELECT strftime({FROM} + to_months(month), '%Y-%m') AS period,
    sum(v0) AS opening,
    sum(v1) FILTER (v0 <= 0 AND v1 > 0 AND NOT active) AS new,
    sum(v1) FILTER (v0 <= 0 AND v1 > 0 AND active) AS reactivation,
    sum(v1 - v0) FILTER (v0 > 0 AND v1 > v0) AS expansion,
    sum(v0 - v1) FILTER (v1 > 0 AND v1 < v0) AS contraction,
    sum(v0 - v1) FILTER (v0 > 0 AND v1 <= 0) AS churn,
    0 AS fx,
    sum(least(v1, 0) - v0) FILTER (v0 <= 0) AS adj,
    sum(v1) AS closing,
    count(*) FILTER (v0 > 0) AS customers_opening,
    count(*) FILTER (v0 <= 0 AND v1 > 0 AND NOT active) AS customers_new,
    count(*) FILTER (v0 <= 0 AND v1 > 0 AND active) AS customers_reactivation,
    count(*) FILTER (v0 > 0 AND v1 > v0) AS customers_expansion,
    count(*) FILTER (v1 > 0 AND v1 < v0) AS customers_contraction,
    count(*) FILTER (v0 > 0 AND v1 <= 0) AS customers_churn,
    count(*) FILTER (v1 > 0) AS customers_closing
FROM pair GROUP BY month ORDER BY month"""

RETENTION = "WITH" + PAIR + f"""
SELECT strftime({FROM} + to_months(month), '%Y-%m') AS period,
    sum(v1) FILTER (v0 > 0) AS nrr_num, sum(v0) FILTER (v0 > 0) AS nrr_den,
    sum(least(v0, greatest(v1, 0))) FILTER (v0 > 0) AS grr_num, sum(v0) FILTER (v0 > 0) AS grr_den,
    count(*) FILTER (v0 > 0 AND v1 > 0) AS logo_num, count(*) FILTER (v0 > 0) AS logo_den,
    sum(v1 - greatest(v0, 0)) FILTER (v1 > 0 AND v1 > v0) AS quick_num,
    sum(v0 - v1) FILTER (v0 > 0 AND v1 < v0) AS quick_den
FROM pair GROUP BY month ORDER BY month"""

COHORTS = "WITH" + VALUE + f""",
cohort AS (
    SELECT party, datediff('month', {FROM}, min(day)) AS cohort FROM {{entry}} WHERE amount > 0 GROUP BY party
),
found AS (
    SELECT cohort, month - cohort AS age, count(*) FILTER (v > 0) AS customers, sum(v) AS revenue
    FROM value JOIN cohort USING (party) WHERE month >= cohort GROUP BY ALL
),
grid AS (
    SELECT cohort, age FROM (SELECT DISTINCT cohort FROM cohort), range({MONTHS}) AS ages(age)
    WHERE cohort + age <= (SELECT max(month) FROM value)
)
SELECT strftime({FROM} + to_months(CAST(cohort AS INTEGER)), '%Y-%m') AS cohort, age,
    coalesce(found.customers, 0) AS customers, coalesce(found.revenue, 0) AS revenue,
    coalesce(found.customers, 0) AS retained_num, first.customers AS retained_den,
    coalesce(found.revenue, 0) AS revenue_retained_num, first.revenue AS revenue_retained_den
FROM grid LEFT JOIN found USING (cohort, age) LEFT JOIN (SELECT * FROM found WHERE age = 0) AS first USING (cohort)
ORDER BY cohort, age"""

# Purchase days: amount >= 0, no ref (this feed has none).
DAYS = f"""
days AS (
    SELECT party, day, sum(amount) AS amount FROM {{entry}} WHERE amount >= 0 AND day <= {AS_OF} GROUP BY ALL
)"""


def score(column):
    """1 + floor(5 * strictly below / n) of every value of a column."""
    return f""",
of_{column} AS (
    SELECT {column}, CAST(1 + 5 * (sum(same) OVER (ORDER BY {column}) - same) // n AS INTEGER) AS score_{column}
    FROM (SELECT {column}, count(*) AS same FROM buyer GROUP BY {column}), counted
)"""


RFM = "WITH" + DAYS + """,
buyer AS MATERIALIZED (
    SELECT party, max(day) AS last, count(*) AS purchases, sum(amount) AS total FROM days GROUP BY party
),
counted AS (SELECT count(*) AS n FROM buyer)""" + score("last") + score("purchases") + score("total") + """
SELECT party, score_last AS recency_score, score_purchases AS frequency_score, score_total AS monetary_score
FROM buyer JOIN of_last USING (last) JOIN of_purchases USING (purchases) JOIN of_total USING (total)"""

SUMMARY = "WITH" + DAYS + f"""
SELECT party, min(day) AS first_day, max(day) AS last_day, count(*) - 1 AS frequency,
    datediff('day', min(day), max(day)) AS recency, datediff('day', min(day), {AS_OF}) AS age,
    sum(amount) - arg_min(amount, day) AS monetary_num, count(*) - 1 AS monetary_den
FROM days GROUP BY party"""

# The part is chosen once per customer and line; first channel by day, instant (one a day here), channel code.
STRUCTURE = f"""
WITH by_line AS (
    SELECT party, line, min(day) FILTER (amount > 0) AS first_day,
        coalesce(sum(amount) FILTER (day >= {YEAR_FROM}), 0) AS revenue
    FROM {{entry}} WHERE day < {TO} GROUP BY ALL
),
first AS (
    SELECT party, min(first_day) AS day FROM by_line GROUP BY party
),
newcomer AS (
    SELECT party, first.day, min(channel) AS channel
    FROM {{entry}} AS e JOIN first USING (party)
    WHERE first.day >= {YEAR_FROM} AND e.day = first.day AND amount > 0 GROUP BY ALL
),
referred AS (
    SELECT DISTINCT newcomer.party FROM newcomer JOIN referral USING (party) JOIN first ON first.party = referral.other
    WHERE referral."from" <= newcomer.day AND first.day < newcomer.day
),
part AS (
    SELECT by_line.revenue,
        CASE WHEN first.day < {YEAR_FROM} THEN
                CASE WHEN first_day < {YEAR_FROM} THEN 'retention' ELSE 'ramp_up' END
            WHEN referred.party IS NOT NULL THEN 'referral'
            WHEN channel = 'paid' OR channel LIKE 'paid.%' THEN 'paid_new'
            ELSE 'other_new' END AS part
    FROM by_line JOIN first USING (party) LEFT JOIN newcomer USING (party) LEFT JOIN referred USING (party)
)
SELECT sum(revenue) FILTER (part = 'retention') AS retention, sum(revenue) FILTER (part = 'ramp_up') AS ramp_up,
    sum(revenue) FILTER (part = 'referral') AS referral, sum(revenue) FILTER (part = 'paid_new') AS paid_new,
    sum(revenue) FILTER (part = 'other_new') AS other_new, sum(revenue) AS revenue,
    sum(revenue) FILTER (part IN ('retention', 'ramp_up', 'referral')) AS quality_num, sum(revenue) AS quality_den
FROM part"""

# Without a ref, what is open of an entry is its amount.
STATEMENT = """
SELECT day, amount, line, channel, amount AS open,
    sum(amount) OVER (ORDER BY day, rowid ROWS UNBOUNDED PRECEDING) AS balance
FROM {entry} WHERE party = {party} ORDER BY day, rowid"""

# name: (SQL, long answer?, runs)
QUESTIONS = {
    "Q1": (MOVEMENTS, False, RUNS),
    "Q1b": (RETENTION, False, RUNS),
    "Q2": (COHORTS, False, RUNS),
    "Q3": (RFM, True, RUNS),
    "Q3b": (SUMMARY, True, RUNS),
    "Q4": (STRUCTURE, False, RUNS),
    "Q5": (STATEMENT, False, 21),
}


def say(name, value, unit):
    print(f"{name} {value:.3f} {unit}" if isinstance(value, float) else f"{name} {value} {unit}", flush=True)


def connect(path):
    connection = duckdb.connect(path)
    connection.execute(f"SET threads = {THREADS}")
    return connection


def timed(work):
    """Milliseconds by the clock, and computed by all threads."""
    start, spent = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - spent) * 1000


def sql_of(name, order):
    return QUESTIONS[name][0].format(entry=ORDERS[order], party=PARTY_ASKED)


def ask(connection, sql, is_long):
    answer = connection.execute(sql)
    return answer.fetchnumpy() if is_long else answer.fetchall()


def write(connection, sql, path):
    """The answer as CSV: money times 100, days since 1970, the host key instead of the number, by key; a sum over
    nothing is 0."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {sql}")
    columns = []
    for name, kind, *_ in connection.execute("DESCRIBE answer").fetchall():
        if name == "party":
            value = KEY
        elif kind.startswith("DECIMAL"):
            value = f"coalesce(CAST({name} * 100 AS HUGEINT), 0)"
        elif kind == "DATE":
            value = f"datediff('day', DATE '1970-01-01', {name})"
        elif kind == "VARCHAR":
            value = name
        else:
            value = f"coalesce({name}, 0)"
        columns.append((value, name))
    order = "ORDER BY 1" if columns[0][1] == "party" else ""
    chosen = ", ".join(f"{value} AS {name}" for value, name in columns)
    connection.execute(f"COPY (SELECT {chosen} FROM answer {order}) TO '{path}' (HEADER, DELIMITER ',')")


def load(directory, database):
    for leftover in (database, database + ".wal"):
        if os.path.exists(leftover):
            os.remove(leftover)
    connection = connect(database)

    def arrival():
        connection.execute(f"CREATE TABLE entry AS SELECT {PARTY} AS party, day, amount, line, channel "
                           f"FROM read_csv('{directory}/entries.csv', header = true, columns = {COLUMNS})")
        connection.execute("CHECKPOINT")

    def sort():
        connection.execute("CREATE TABLE entry_sorted AS SELECT * FROM entry ORDER BY party, day, rowid")
        connection.execute("CHECKPOINT")
    first = timed(arrival)[0]
    say("duckdb_arrival_load", first, "ms")
    say("duckdb_sorted_load", first + timed(sort)[0], "ms")
    connection.execute(f"CREATE TABLE referral AS SELECT {PARTY} AS party, "
                       f"{PARTY.replace('party', 'other')} AS other, \"from\" "
                       f"FROM read_csv('{directory}/referrals.csv', header = true)")
    connection.execute("CHECKPOINT")


def cold(database, order):
    """From opening the file; the interpreter and the library are loaded before."""
    answer = []

    def work():
        connection = connect(database)
        answer.extend(ask(connection, MOVEMENTS.format(entry=ORDERS[order]), False))
    elapsed, computed = timed(work)
    say(f"duckdb_{order}_cold_Q1", elapsed, "ms")
    say(f"duckdb_{order}_cpu_cold_Q1", computed, "ms")
    assert len(answer) == MONTHS


def warm(database, answers):
    connection = connect(database)
    for name, (_, is_long, runs) in QUESTIONS.items():
        for order in ORDERS:
            sql = sql_of(name, order)
            ask(connection, sql, is_long)
            times = [timed(lambda: ask(connection, sql, is_long)) for _ in range(runs)]
            say(f"duckdb_{order}_{name}", statistics.median(t for t, _ in times), "ms")
            say(f"duckdb_{order}_cpu_{name}", statistics.median(s for _, s in times), "ms")
        write(connection, sql, f"{answers}/{name}.csv")
    say("duckdb_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "bytes")


def append(directory, database, answers):
    """Three late files, each appended durably and followed by Q1; reading the CSV is outside the time."""
    connection = connect(database)
    sql = None
    for order, table in ORDERS.items():
        times = []
        for number in (1, 2, 3):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE late AS SELECT {PARTY} AS party, day, amount, line, "
                               f"channel FROM read_csv('{directory}/late-{number}.csv', header = true, "
                               f"columns = {COLUMNS})")
            sql = MOVEMENTS.format(entry=table)

            def work():
                connection.execute(f"INSERT INTO {table} SELECT * FROM late")
                ask(connection, sql, False)
            times.append(timed(work)[0])
        say(f"duckdb_{order}_Q6", statistics.median(times), "ms")
    write(connection, sql, f"{answers}/Q6.csv")


if __name__ == "__main__":
    actions = {"load": load, "cold": cold, "warm": warm, "append": append}
    if len(sys.argv) < 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])
