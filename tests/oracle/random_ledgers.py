"""random_ledgers - random small companies, every cell of every measure compared with definitions.py.

Facts go in through the command, measures are asked in this process.  ORACLE_SETS sets how many companies (default
60, with DEEP=1 2,000); the seed of a company is its number, so
a failure can be looked at alone with ORACLE_FIRST=N ORACLE_SETS=1.
"""
import csv
import datetime
import io
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import definitions as d  # noqa: E402
import library  # noqa: E402

CUSTCAP = os.path.join(os.environ.get("B", "build"), "custcap")
SETS = int(os.environ.get("ORACLE_SETS", "2000" if os.environ.get("DEEP") else "60"))
FIRST = int(os.environ.get("ORACLE_FIRST", "1"))
MONEY = {"opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "adj", "closing", "revenue",
         "retention", "ramp_up", "referral", "paid_new", "other_new"}


def run(*arguments, text=None):
    done = subprocess.run([CUSTCAP, *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"custcap {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def minor(text):
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * 100 + int((part + "00")[:2]))


def measure(ledger, name, *arguments):
    """Rows of a measure; the arguments are the command's, the question is asked in this process."""
    asked, parameters = {}, {}
    for argument in arguments:
        option, _, value = argument.partition("=")
        if option.startswith("--"):
            asked[option] = value
        else:
            parameters[option] = value
    asked.pop("--set", None)
    window = [datetime.date.fromisoformat(asked.pop(option)) for option in ("--from", "--to") if option in asked]
    as_of = asked.pop("--as-of", None)
    book = library.Ledger(ledger, read_only=True, threads=1)
    try:
        text = book.ask(name, asked.pop("--period", None), window or None,
                        datetime.date.fromisoformat(as_of) if as_of else None, int(asked.pop("--as-known", -1)),
                        None, parameters)
    finally:
        book.free()
    assert not asked, asked
    return list(csv.DictReader(io.StringIO(text.decode())))


def company(rng):
    """Entries with refunds, zero and negative amounts, service periods, same-day repeats; and referrals."""
    start = datetime.date(2023, rng.randint(1, 12), rng.randint(1, 28))
    parties = [f"p{n}" for n in range(rng.randint(1, 9))]
    lines = ["", "coffee", "tea", "machine"]
    channels = ["", "paid", "paid.search", "organic", "direct", "unknown"]
    entries, keys = [], 0
    for _ in range(rng.randint(1, 60)):
        day = start + datetime.timedelta(days=rng.randint(0, 500))
        amount = rng.choice([0, 1, 99, 100, 5000, 12345, -300, rng.randint(1, 100000)])
        end = day + datetime.timedelta(days=rng.choice([1, 3, 30, 31, 365, 400])) if rng.random() < 0.25 else None
        entry = d.Entry(rng.choice(parties), day, amount, end, rng.choice(lines), rng.choice(channels))
        keys += 1
        entry.key = f"k{keys}"
        entries.append(entry)
        if amount > 1 and rng.random() < 0.15:
            back = d.Entry(entry.party, day + datetime.timedelta(days=rng.randint(0, 40)), -rng.randint(1, amount),
                           None, entry.line, entry.channel, ref=entry.key)
            keys += 1
            back.key = f"k{keys}"
            entries.append(back)
    referred = {}
    for n, party in enumerate(parties[1:], 1):
        if rng.random() < 0.5:
            referred[party] = (rng.choice(parties[:n]), start + datetime.timedelta(days=rng.randint(0, 300)))
    return entries, referred


def load(ledger, entries, referred, rng):
    run("init", ledger, "--unit=EUR")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["party", "day", "amount", "end", "line", "channel", "key", "ref"])
    for e in entries:
        sign = "-" if e.amount < 0 else ""
        writer.writerow([e.party, e.day, f"{sign}{abs(e.amount) // 100}.{abs(e.amount) % 100:02d}", e.end or "",
                         e.line, e.channel, e.key, e.ref or ""])
    if referred:
        rows = "".join(f"{new},referred-by,{by},{day}\n" for new, (by, day) in referred.items())
        run("import", ledger, "relation", "-", text="party,type,other,from\n" + rows)
    run("import", ledger, "entry", "-", text=out.getvalue())
    if rng.random() < 0.5:
        run("seal", ledger)


def compare(found, expected, what):
    if len(found) != len(expected):
        raise AssertionError(f"{what}: {len(found)} rows, expected {len(expected)}")
    for got, want in zip(found, expected):
        for column, value in want.items():
            if isinstance(value, tuple):
                have = (int(got[column + "_num"]), int(got[column + "_den"]))
            elif column in MONEY:
                have = minor(got[column])
            elif isinstance(value, int):
                have = int(got[column])
            else:
                have, value = got[column], str(value)
            if have != value:
                raise AssertionError(f"{what}: {column} of {got} is {have}, expected {value}")


def check(ledger, entries, referred, rng):
    period = rng.choice(["day", "week", "month", "quarter", "year"])
    start, stop = d.default_window(entries, period)
    window = []
    if rng.random() < 0.5:
        start = d.period_next(start, period)
        stop = max(stop, d.period_next(start, period))
        window = [f"--from={start}", f"--to={stop}"]
    last = stop - d.ONE
    seen = [e for e in entries if e.day <= last]
    arguments = ["--period=" + period, *window]
    columns = ["period", "opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "adj", "closing",
               "customers_opening", "customers_new", "customers_reactivation", "customers_expansion",
               "customers_contraction", "customers_churn", "customers_closing"]
    rows = [{c: row[c] for c in columns} for row in d.movements(seen, start, stop, period)]
    compare(measure(ledger, "revenue.movements", *arguments), rows, "revenue.movements")
    compare(measure(ledger, "revenue.retention", *arguments), d.retention(seen, start, stop, period),
            "revenue.retention")
    compare(measure(ledger, "revenue.cohorts", *arguments), d.cohorts(seen, start, stop, period), "revenue.cohorts")
    compare(measure(ledger, "capital.structure", *arguments), [d.structure(seen, referred, start, stop)],
            "capital.structure")
    as_of = min(e.day for e in entries) + datetime.timedelta(days=rng.randint(0, 520))
    moment = [f"--as-of={as_of}"]
    compare(measure(ledger, "customer.summary", *moment), d.summary(entries, as_of), "customer.summary")
    compare(measure(ledger, "customer.rfm", *moment), d.rfm(entries, as_of), "customer.rfm")


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FIRST, FIRST + SETS):
            rng = random.Random(seed)
            entries, referred = company(rng)
            ledger = os.path.join(folder, f"{seed}.ledger")
            try:
                load(ledger, entries, referred, rng)
                check(ledger, entries, referred, rng)
            except (AssertionError, library.Failure) as error:
                failures += 1
                print(f"not ok random company {seed}: {error}")
                if failures > 10:
                    break
    if not failures:
        print(f"ok {SETS} random companies agree with the definitions in every cell of six measures")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
