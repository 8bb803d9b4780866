"""golden - the sample company's answers, to the byte, and whether they hold.

Compares every measure of a fixed sample with tests/golden/expected.  Those
files are the library's own output, so the same tables are also checked from
outside: against the identities of the definitions, and every cell against
tests/oracle/definitions.py, computed from the exported entries.  Then the
same bytes again in other time zones and locales, with other numbers of
threads, after rebuild and seal; and the same numbers from the same facts in
another order.

tests/golden/update writes the expected files anew: look at what it changes.
"""
import collections
import csv
import datetime
import decimal
import gzip
import io
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"),
                os.path.join(HERE, "..", "oracle")]
import definitions as d  # noqa: E402
import harness as h  # noqa: E402

EXPECTED = os.path.join(HERE, "expected")
FORMAT = os.path.join(EXPECTED, "format-1.ledger.gz")
LEDGER = "sample.ledger"  # relative: the report says its name
PARTY = "C000001"
# What measures that need a parameter are asked with.
PARAMETERS = {"party": PARTY, "of": PARTY, "pool": "10000",
              "margin": "10000", "retention_ppm": "800000", "target": "1",
              "calibration_end": "2025-06-30", "day": "2025-01-01",
              "steps": "visit,act?,ask", "purpose": "analytics"}
# Fits (h.MODELS): the same bytes here, but another C library's exp() may end in
# another digit; of the expected files they agree to so much.
TOLERANCE = 1e-5
# Rendered in every format; the others as CSV alone.
RENDERED = ("capital.structure", "customer.rfm", "customer.statement",
            "customer.summary", "revenue.cohorts", "revenue.movements",
            "revenue.retention")
PERIODS = ("day", "week", "month", "quarter", "year", "whole")


def sample(directory):
    h.run("sample", LEDGER, "--customers=40", "--seed=7", cwd=directory)


def questions():
    """{file name: arguments}"""
    asked = {"head.txt": ["head", LEDGER],
             "report.en.txt": ["report", LEDGER, "--lang=en"],
             "report.zh.txt": ["report", LEDGER, "--lang=zh"],
             "report.html": ["report", LEDGER, "--format=html"],
             "report.vega.json": ["report", LEDGER, "--format=vega"],
             "report.dot": ["report", LEDGER, "--format=dot"],
             "measures.txt": ["measures"]}
    for name in h.all_measures():
        base = ["measure", LEDGER, name]
        for needed in h.parameters_of(name):
            base += ["--set", f"{needed}={PARAMETERS[needed]}"]
        asked[f"{name}.about.txt"] = ["measures", name]
        asked[f"{name}.csv"] = [*base, "--format=csv"]
        if name in RENDERED:
            asked[f"{name}.json"] = [*base, "--format=json"]
            asked[f"{name}.txt"] = base
            asked[f"{name}.zh.txt"] = [*base, "--lang=zh"]
    for period in ("quarter", "year", "whole"):
        for name in ("revenue.movements", "revenue.retention",
                     "revenue.cohorts"):
            asked[f"{name}.{period}.csv"] = [
                "measure", LEDGER, name, "--format=csv",
                f"--period={period}"]
    year = ["--from=2025-01-01", "--to=2026-01-01"]
    asked["capital.structure.2025.csv"] = [
        "measure", LEDGER, "capital.structure", "--format=csv", *year]
    asked["capital.structure.coffee.csv"] = [
        "measure", LEDGER, "capital.structure", "--format=csv", *year,
        "--filter", "line=coffee"]
    asked["revenue.movements.paid.csv"] = [
        "measure", LEDGER, "revenue.movements", "--format=csv", *year,
        "--filter", "channel=paid"]
    asked["customer.summary.week.csv"] = [
        "measure", LEDGER, "customer.summary", "--format=csv",
        "--as-of=2025-06-30", "--set", "time_unit=week"]
    return asked


def outputs(directory, env=None, **more):
    return {name: h.run(*arguments, cwd=directory, env=env, **more)
            for name, arguments in questions().items()}


def compare(found, expected, what):
    for name, data in expected.items():
        h.same(found[name], data, f"{what}: {name}")


# --- the bytes -------------------------------------------------------------

def expected_files():
    found = {}
    for name in sorted(os.listdir(EXPECTED)):
        if not name.endswith(".gz"):
            found[name] = h.file_bytes(os.path.join(EXPECTED, name))
    return found


def near(found, expected, what):
    """Cells that are equal, or numbers that are nearly so."""
    pairs = list(zip(h.csv_rows(found), h.csv_rows(expected), strict=True))
    for have, want in pairs:
        if what == "model.fit.csv" and want["name"] in ("a", "b"):
            continue  # of forty customers: a ridge, only a / b is known
        assert have.keys() == want.keys(), f"{what}: other columns"
        for name, cell in want.items():
            if have[name] != cell:
                off = abs(float(have[name]) - float(cell))
                assert off <= TOLERANCE * abs(float(cell)) + .01, \
                    f"{what}: {name} is {have[name]}, expected {cell}"


def bytes_agree(found):
    expected = expected_files()
    missing = sorted(set(found) ^ set(expected))
    assert not missing, f"files without a counterpart: {missing}"
    of_models = {name for name in found
                 if name.endswith(".csv") and name[:-4] in h.MODELS}
    for name in of_models:
        near(found[name], expected[name], name)
    compare(found, {name: data for name, data in expected.items()
                    if name not in of_models}, "expected")
    return f"{len(expected)} files"


def old_file(report):
    """A ledger kept since this format began still opens and answers."""
    path = report.path("format-1.ledger")
    with gzip.open(FORMAT) as kept, open(path, "wb") as file:
        file.write(kept.read())
    # Its projections are of an earlier schema: whoever writes makes them anew.
    h.run("seal", path)
    h.run("verify", path)
    expected = expected_files()
    numbers = ("revenue.movements.csv", "customer.rfm.csv",
               "customer.summary.csv", "capital.structure.csv")
    for name in numbers:
        arguments = questions()[name]
        h.same(h.run("measure", path, *arguments[2:]), expected[name], name)
    h.run("post", path, "entry", "party=new", "day=2026-01-01", "amount=1")
    h.run("verify", path)


# --- identities of the definitions -----------------------------------------

def table(found, name):
    return h.csv_rows(found[name])


def money(row, *names):
    return sum(h.minor(row[name]) for name in names)


def number(row, *names):
    return sum(int(row[name]) for name in names)


def ratio_shown(row, name):
    """x is num/den to 12 significant digits, and empty without a den."""
    num, den = int(row[name + "_num"]), int(row[name + "_den"])
    if den == 0:
        assert row[name] == "", f"{name} of {row} is not empty"
        return None
    with decimal.localcontext() as context:
        context.prec = 40
        exact = decimal.Decimal(num) / den
        shown = decimal.Decimal(row[name])
        assert abs(shown - exact) <= abs(exact) * decimal.Decimal("5.1e-12"), \
            f"{name} of {row} is not {exact}"
    return num, den


def check_movements(rows, what):
    previous = None
    for row in rows:
        where = f"{what} {row['period']}"
        assert money(row, "opening", "new", "reactivation", "expansion",
                     "fx", "adj") - money(row, "contraction", "churn") == \
            money(row, "closing"), f"{where}: opening to closing"
        assert number(row, "customers_opening", "customers_new",
                      "customers_reactivation") - \
            number(row, "customers_churn") == \
            number(row, "customers_closing"), f"{where}: customers"
        assert number(row, "customers_expansion", "customers_contraction",
                      "customers_churn") <= \
            number(row, "customers_opening"), f"{where}: who stayed"
        for kind in ("new", "reactivation", "expansion", "contraction",
                     "churn"):
            assert money(row, kind) >= 0, f"{where}: {kind} below 0"
            assert (money(row, kind) > 0) == \
                (number(row, "customers_" + kind) > 0), f"{where}: {kind}"
        if previous is not None:
            assert row["opening"] == previous["closing"], where
            assert row["customers_opening"] == \
                previous["customers_closing"], where
        previous = row


def check_retention(rows, moved, what):
    assert [r["period"] for r in rows] == [m["period"] for m in moved]
    for row, move in zip(rows, moved):
        where = f"{what} {row['period']}"
        nrr, grr = ratio_shown(row, "nrr"), ratio_shown(row, "grr")
        logo = ratio_shown(row, "logo")
        ratio_shown(row, "quick")
        opening = int(row["nrr_den"])
        assert int(row["grr_den"]) == opening, where
        assert opening + money(move, "expansion") - \
            money(move, "contraction", "churn") == int(row["nrr_num"]), \
            f"{where}: NRR and movements"
        if nrr:
            # Credits beyond a lost customer's revenue: in NRR, not in GRR.
            below = opening - money(move, "contraction", "churn") - grr[0]
            assert below <= 0 and 0 <= grr[0] <= grr[1], \
                f"{where}: 0 <= GRR <= 1"
            assert grr[0] <= nrr[0] - below, f"{where}: GRR <= NRR"
        if logo:
            assert 0 <= logo[0] <= logo[1], where
        assert int(row["logo_den"]) == number(move, "customers_opening")
        assert int(row["logo_num"]) == number(move, "customers_opening") - \
            number(move, "customers_churn"), where
        assert int(row["quick_num"]) == money(move, "new", "reactivation",
                                              "expansion"), where
        assert int(row["quick_den"]) == money(move, "contraction",
                                              "churn"), where


def check_cohorts(rows, moved, what):
    """Every customer is in one cohort: its periods add up to the company's."""
    labels = [m["period"] for m in moved]
    revenue, customers = collections.Counter(), collections.Counter()
    start = {}
    for row in rows:
        age = int(row["age"])
        if age == 0:
            start[row["cohort"]] = row
        first = start[row["cohort"]]
        assert row["retained_num"] == row["customers"], what
        assert row["retained_den"] == first["customers"], what
        assert int(row["revenue_retained_den"]) == money(first, "revenue")
        ratio_shown(row, "retained")
        ratio_shown(row, "revenue_retained")
        at = labels.index(row["cohort"]) + age
        assert at < len(labels), f"{what}: {row} is after the last period"
        revenue[labels[at]] += money(row, "revenue")
        customers[labels[at]] += int(row["customers"])
    for move in moved:
        assert revenue[move["period"]] == money(move, "closing"), \
            f"{what} {move['period']}: cohorts sum to other revenue"
        assert customers[move["period"]] == number(
            move, "customers_closing"), f"{what} {move['period']}"
    for cohort, first in start.items():
        ages = [int(r["age"]) for r in rows if r["cohort"] == cohort]
        assert ages == list(range(len(labels) - labels.index(cohort))), \
            f"{what} {cohort}: ages {ages}"


def check_structure(row, revenue, what):
    parts = money(row, "retention", "ramp_up", "referral", "paid_new",
                  "other_new")
    assert parts == money(row, "revenue") == revenue, \
        f"{what}: parts {parts}, revenue {row['revenue']}, {revenue}"
    assert int(row["quality_num"]) == money(row, "retention", "ramp_up",
                                            "referral"), what
    assert int(row["quality_den"]) == money(row, "revenue"), what
    ratio_shown(row, "quality")


def check_statement(rows):
    balance = collections.Counter()
    for row in rows:
        book = row["code"].split(".")[0], row["unit"]
        balance[book] += money(row, "amount")
        assert balance[book] == money(row, "balance"), row
    days = [row["day"] for row in rows]
    assert days == sorted(days)


def identities(found):
    for ending in ("", ".quarter", ".year"):
        moved = table(found, f"revenue.movements{ending}.csv")
        check_movements(moved, f"movements{ending}")
        check_retention(table(found, f"revenue.retention{ending}.csv"),
                        moved, f"retention{ending}")
        check_cohorts(table(found, f"revenue.cohorts{ending}.csv"), moved,
                      f"cohorts{ending}")
    check_movements(table(found, "revenue.movements.paid.csv"), "paid")
    months = table(found, "revenue.movements.csv")
    by_year = collections.Counter()
    for row in months:
        by_year[row["period"][:4]] += money(row, "closing")
    for row in table(found, "revenue.movements.year.csv"):
        assert by_year[row["period"]] == money(row, "closing"), row
    whole, = table(found, "capital.structure.csv")
    check_structure(whole, sum(by_year.values()), "structure")
    year, = table(found, "capital.structure.2025.csv")
    check_structure(year, by_year["2025"], "structure of 2025")
    coffee, = table(found, "capital.structure.coffee.csv")
    check_structure(coffee, money(coffee, "revenue"), "coffee")
    assert 0 < money(coffee, "revenue") < money(year, "revenue")
    check_statement(table(found, "customer.statement.csv"))
    people = [row["party"] for row in table(found, "customer.rfm.csv")]
    assert people == sorted(people, key=str.encode), "rows by key bytes"
    assert "us" not in people, "the company is no customer of its own"


# --- every cell against the oracle -----------------------------------------

def day_of(text):
    return datetime.date.fromisoformat(text[:10])


def read_company(directory):
    """Entries and referrals out of the exported CSV."""
    entries = []
    for row in h.csv_rows(h.run("export", LEDGER, "entry", cwd=directory)):
        if row["code"].split(".")[0] == "revenue" and row["party"] != "us":
            entries.append(d.Entry(
                row["party"], day_of(row["day"]), h.minor(row["amount"]),
                day_of(row["end"]) if row["end"] else None, row["line"],
                row["channel"], row["ref"] or None))
    referred = {}
    for row in h.csv_rows(h.run("export", LEDGER, "relation",
                                cwd=directory)):
        if row["type"] == "referred-by":
            referred[row["party"]] = (row["other"], day_of(row["from"]))
    return entries, referred


def cells(found, expected, what):
    assert len(found) == len(expected), \
        f"{what}: {len(found)} rows, expected {len(expected)}"
    count = 0
    for have, want in zip(found, expected):
        for column, value in want.items():
            if isinstance(value, tuple):
                got = (int(have[column + "_num"]), int(have[column + "_den"]))
            elif column not in have:
                continue
            elif isinstance(value, int):
                got = h.minor(have[column]) if "." in have[column] else \
                    int(have[column])
            else:
                got, value = have[column], str(value)
            assert got == value, \
                f"{what}: {column} of {have} is {got}, expected {value}"
            count += 1
    return count


def oracle(found, directory):
    entries, referred = read_company(directory)
    count = 0
    for ending, period in (("", "month"), (".quarter", "quarter"),
                           (".year", "year")):
        start, stop = d.default_window(entries, period)
        for name, function in (("movements", d.movements),
                               ("retention", d.retention),
                               ("cohorts", d.cohorts)):
            expected = function(entries, start, stop, period)
            if name == "movements":
                expected = [{c: r[c] for c in table(
                    found, "revenue.movements.csv")[0]} for r in expected]
            count += cells(table(found, f"revenue.{name}{ending}.csv"),
                           expected, name + ending)
    start, stop = d.default_window(entries, "month")
    last = stop - d.ONE
    count += cells(table(found, "customer.summary.csv"),
                   d.summary(entries, last), "summary")
    count += cells(table(found, "customer.rfm.csv"), d.rfm(entries, last),
                   "rfm")
    count += cells(table(found, "capital.structure.csv"),
                   [d.structure(entries, referred, start, stop)],
                   "structure")
    count += cells(table(found, "capital.structure.2025.csv"),
                   [d.structure(entries, referred, datetime.date(2025, 1, 1),
                                datetime.date(2026, 1, 1))], "structure 2025")
    return f"{count} cells from {len(entries)} entries"


def periods_agree(directory):
    """Days and weeks, too big for files: the identities and the oracle."""
    entries, _ = read_company(directory)
    count = 0
    for period in ("day", "week"):
        window = ["--from=2025-01-06", "--to=2025-03-31"]
        start, stop = datetime.date(2025, 1, 6), datetime.date(2025, 3, 31)
        moved = h.measure(LEDGER, "revenue.movements", f"--period={period}",
                          *window, cwd=directory)
        check_movements(moved, period)
        seen = [e for e in entries if e.day < stop]
        count += cells(moved, [{c: r[c] for c in moved[0]} for r in
                               d.movements(seen, start, stop, period)],
                       period)
        check_retention(h.measure(LEDGER, "revenue.retention",
                                  f"--period={period}", *window,
                                  cwd=directory), moved, period)
    return f"{count} cells"


# --- the same bytes elsewhere ----------------------------------------------

def surroundings(found, directory, env):
    compare(outputs(directory, env=env), found, str(env))


def locale_there(name):
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True,
                            check=False).stdout.lower().split()
    return name.lower().replace("-", "") in [n.replace("-", "")
                                             for n in listed]


def locale_make(report, name):
    """A locale that isn't installed can often be made, for this test."""
    if shutil.which("localedef") is None:
        return False
    folder = report.path("locales")
    os.makedirs(folder, exist_ok=True)
    language, charset = name.split(".")
    done = subprocess.run(
        ["localedef", "-i", language, "-f", charset,
         os.path.join(folder, name)], capture_output=True, check=False)
    return done.returncode == 0


def in_locale(found, directory, report, name):
    env = {"LC_ALL": name, "LANG": name, "LANGUAGE": name}
    if name != "C" and not locale_there(name):
        if not locale_make(report, name):
            raise h.Skip(f"the locale {name} is not installed")
        env["LOCPATH"] = report.path("locales")
    surroundings(found, directory, env)


def made_elsewhere(found, report):
    """Not only asked but also made in another zone: the same file."""
    directory = report.path("elsewhere")
    os.mkdir(directory)
    h.run("sample", LEDGER, "--customers=40", "--seed=7", cwd=directory,
          env={"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"})
    h.same(h.run("head", LEDGER, cwd=directory), found["head.txt"], "head")
    compare(outputs(directory), found, "made elsewhere")


def threads(directory):
    import library
    expected = None
    named = [(name, h.parameters_of(name)) for name in h.all_measures()]
    for count in (1, 2, 3, 8):
        ledger = library.Ledger(os.path.join(directory, LEDGER),
                                read_only=True, threads=count)
        answers = [ledger.measure(name, period, **{
                       needed: PARAMETERS[needed] for needed in needs})
                   for name, needs in named
                   for period in ("month", "quarter")]
        ledger.free()
        expected = expected or answers
        for have, want in zip(answers, expected):
            h.same(have, want, f"{count} threads")


def tended(found, directory, command):
    h.run(command, LEDGER, cwd=directory)
    compare(outputs(directory), found, command)
    h.run("verify", LEDGER, cwd=directory)


def another_order(found, directory, report):
    """The same facts, shuffled and cut into other batches: the same numbers,
    row by row (the head is another one, of course)."""
    path = report.path("shuffled.ledger")
    rng = random.Random(17)
    h.run("init", path)
    rows = [(r["party"], r["type"], r["other"], r["from"], r["to"])
            for r in h.csv_rows(h.run("export", LEDGER, "relation",
                                      cwd=directory))]
    rng.shuffle(rows)
    load(path, "relation", ("party", "type", "other", "from", "to"), rows)
    exported = h.csv_rows(h.run("export", LEDGER, "entry", cwd=directory))
    fields = ("party", "day", "amount", "code", "unit", "end", "line",
              "channel", "document", "key", "ref")
    plain, settling = [], []
    for row in exported:
        if row["party"] == "us":
            continue
        row["key"] = "was " + row["record"]
        row["ref"] = "was " + row["ref"] if row["ref"] else ""
        (settling if row["ref"] else plain).append(
            tuple(row[f] for f in fields))
    rng.shuffle(plain)
    rng.shuffle(settling)
    third = len(plain) // 3
    for rows in (plain[:third], plain[third:], settling):
        load(path, "entry", fields, rows)
        h.run("seal", path, "--budget=100")
    for name in ("revenue.movements", "revenue.retention", "revenue.cohorts",
                 "customer.summary", "customer.rfm", "capital.structure"):
        h.same(h.run("measure", path, name, "--format=csv"),
               found[f"{name}.csv"], f"in another order: {name}")


def load(path, record, fields, rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    writer.writerows(rows)
    h.run("import", path, record, "-", text=out.getvalue())


# --- proofs ----------------------------------------------------------------

def drills(found, directory):
    """Cells of every money and count column are proved from their parts."""
    count = 0
    for name in ("revenue.movements", "revenue.cohorts", "capital.structure",
                 "revenue.retention"):
        rows = table(found, f"{name}.csv")
        step = max(1, len(rows) // 5)
        for at in range(len(rows) - 1, -1, -step):
            for column, value in rows[at].items():
                if column in ("period", "cohort", "age", "fx") or \
                        not value.strip("-0."):
                    continue
                if column + "_num" in rows[at]:
                    continue
                h.run("drill", LEDGER, name, f"--row={at + 1}",
                      f"--column={column}", "--prove", cwd=directory)
                count += 1
    return f"{count} cells"


def update(directory):
    """Write the expected files."""
    os.makedirs(EXPECTED, exist_ok=True)
    for name in os.listdir(EXPECTED):
        if not name.endswith(".gz"):
            os.unlink(os.path.join(EXPECTED, name))
    for name, data in outputs(directory).items():
        with open(os.path.join(EXPECTED, name), "wb") as file:
            file.write(data)
    if not os.path.exists(FORMAT):
        data = h.file_bytes(os.path.join(directory, LEDGER))
        with open(FORMAT, "wb") as file:
            file.write(gzip.compress(data, 9, mtime=0))


def main():
    report = h.Report("golden")
    directory = report.path("sample")
    os.mkdir(directory)
    sample(directory)
    if sys.argv[1:] == ["--update"]:
        update(directory)
        report.finish()
    found = outputs(directory)
    report.test("bytes", bytes_agree, found)
    report.test("old_file", old_file, report)
    report.test("identities", identities, found)
    report.test("oracle", oracle, found, directory)
    report.test("days_and_weeks", periods_agree, directory)
    report.test("drills", drills, found, directory)
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        report.test(f"zone_{zone.split('/')[1]}", surroundings, found,
                    directory, {"TZ": zone})
    for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "C"):
        report.test(f"locale_{name}", in_locale, found, directory, report,
                    name)
    report.test("made_elsewhere", made_elsewhere, found, report)
    report.test("threads", threads, directory)
    report.test("another_order", another_order, found, directory, report)
    report.test("sealed", tended, found, directory, "seal")
    report.test("rebuilt", tended, found, directory, "rebuild")
    report.finish()


if __name__ == "__main__":
    main()
