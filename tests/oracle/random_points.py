"""random_points - points of every party on random ledgers: by integers here, and by the measure's SQL of old.

customer.points is a kernel; this has its answers from two independent sides: lots and what refers to them added up in
Python from DEFINITIONS.md ("Settlement: one rule"), and the SELECT over customer.lots that the kernel took the place
of, as a measure of the ledger's own.  Several units with different digits, codes below points.burn, breakage,
clawbacks below 0, lots recorded late, merges that are undone (so that an entry's lot is another party's), entries dated
after the day asked for, amounts too large for 32 bits.  ORACLE_POINTS sets how many ledgers (default 40); the seed of a
ledger is its number: ORACLE_FIRST=N ORACLE_POINTS=1 looks at one alone.
"""
import csv
import datetime
import io
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import random_ledgers as base  # noqa: E402

LEDGERS = int(os.environ.get("ORACLE_POINTS", "40"))
FIRST = int(os.environ.get("ORACLE_FIRST", "1"))
SCALES = {"PTS": 0, "MIL": 2}
START = datetime.date(2024, 1, 1)
COLUMNS = ["earned", "spent", "expired", "reversed", "balance"]
SQL = """-- title: Points by SQL
-- version: 1
-- window: none
-- units: all
-- parameter: party party? - of the lots
-- column: party party key - whose
-- column: unit text key - of points
-- column: earned money sum row - all lots
-- column: spent money sum row - burns less refunds
-- column: expired money sum row - past their end
-- column: reversed money sum row - taken back
-- column: balance money sum row - can be spent
-- column: next_expiry day none - when something goes next
-- column: expiring money none row - how much then
WITH customer_lots AS MATERIALIZED (
@LOTS@
),
next AS MATERIALIZED (
    SELECT party, unit, min(expires) AS expires
    FROM customer_lots WHERE balance > 0
    GROUP BY party, unit
)
SELECT customer_lots.party, customer_lots.unit,
    sum(customer_lots.earned) AS earned, sum(customer_lots.spent) AS spent,
    sum(customer_lots.expired) AS expired,
    sum(customer_lots.reversed) AS reversed,
    sum(customer_lots.balance) AS balance, next.expires AS next_expiry,
    sum(iif(customer_lots.expires = next.expires, customer_lots.balance, 0))
        AS expiring
FROM customer_lots
LEFT JOIN next ON next.party = customer_lots.party
    AND next.unit = customer_lots.unit
GROUP BY customer_lots.party, customer_lots.unit
"""
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "measures", "customer",
                       "lots.sql"), encoding="utf-8") as lots:
    SQL = SQL.replace("@LOTS@", "".join(line for line in lots if not line.startswith("--")).rstrip())


def day(number):
    return (START + datetime.timedelta(days=number)).isoformat()


def text(amount, unit):
    sign, scale = "-" if amount < 0 else "", SCALES[unit]
    whole, part = divmod(abs(amount), 10 ** scale)
    return f"{sign}{whole}.{part:0{scale}d}" if scale else f"{sign}{whole}"


class Ledger:
    """Lots and their uses; a lot's uses come after it, and may be another party's while the two are one."""

    def __init__(self, rng):
        self.rng, self.rows, self.files = rng, [], []
        self.parties = [f"p{n}" for n in range(rng.randint(1, 6))]
        self.pair = rng.sample(self.parties, 2) if len(self.parties) > 1 and rng.random() < 0.6 else None
        for _ in range(rng.randint(1, 14)):
            self.add_lot()
        self.rng.shuffle(self.files)
        self.files = [file for files in self.files for file in files]

    def add_lot(self):
        rng = self.rng
        unit = rng.choice(list(SCALES))
        most = rng.choice([9, 100, 100, 10 ** 6, 5 * 10 ** 9, 4 * 10 ** 15])
        lot = {"party": rng.choice(self.parties), "day": rng.randint(0, 200), "unit": unit, "end": None,
               "amount": rng.randint(1, most), "code": rng.choice(["points", "points.gift"]),
               "key": f"k{len(self.rows)}", "ref": ""}
        if rng.random() < 0.6:
            lot["end"] = lot["day"] + rng.randint(1, 150)
        self.rows.append(lot)
        mine, left = [lot], lot["amount"]
        while left > 0 and rng.random() < 0.6:
            part = rng.randint(1, left)
            left -= part
            mine.append(self.use(lot, -part, rng.choice(["points.burn", "points.burn.shop", "points.breakage",
                                                         "points.reversal", "points.other"])))
        if len(mine) > 1 and rng.random() < 0.3:
            back = rng.randint(1, -mine[1]["amount"])
            mine.append(self.use(lot, back, mine[1]["code"]))
        if rng.random() < 0.2:
            # Last: nothing else may take a lot below 0.
            self.files.append([mine, [self.use(lot, -rng.randint(1, lot["amount"]), "points.clawback")]])
        else:
            self.files.append([mine])

    def use(self, lot, amount, code):
        party = lot["party"]
        if self.pair and party == self.pair[0] and self.rng.random() < 0.7:
            party = self.pair[1]
        row = {"party": party, "day": lot["day"] + self.rng.randint(0, 90), "unit": lot["unit"], "end": None,
               "amount": amount, "code": code, "key": f"k{len(self.rows)}", "ref": lot["key"]}
        self.rows.append(row)
        return row


def put(path, rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["party", "day", "amount", "unit", "code", "end", "key", "ref"])
    for row in rows:
        writer.writerow([row["party"], day(row["day"]), text(row["amount"], row["unit"]), row["unit"], row["code"],
                         "" if row["end"] is None else day(row["end"]), row["key"], row["ref"]])
    base.run("import", path, "entry", "-", text=out.getvalue())


def load(path, made, folder):
    words = [{"kind": "unit", "code": unit, "en": unit, "data": {"scale": scale}} for unit, scale in SCALES.items()]
    words += [{"kind": "code", "code": code, "en": code} for code in ("points.gift", "points.burn.shop",
                                                                      "points.other")]
    words.append({"kind": "measure", "code": "mine.points", "en": "Points by SQL", "data": {"sql": SQL}})
    file = os.path.join(folder, "words.json")
    with open(file, "w", encoding="utf-8") as out:
        json.dump(words, out)
    base.run("init", path, "--unit=EUR", "--vocabulary=" + file)
    if made.pair:
        base.run("import", path, "link", "-", text="party,other,from\n%s,%s,2023-01-01\n" % tuple(made.pair))
    positions = []
    for mine in made.files:
        put(path, mine)
        positions.append(int([w for w in base.run("head", path).split() if w.isdigit()][0]))
    if made.pair and made.rng.random() < 0.7:  # not one after all
        base.run("import", path, "link", "-", text="party,other,from,to\n%s,%s,2023-01-01,2023-01-02\n"
                 % tuple(made.pair))
        made.pair = None
    if made.rng.random() < 0.5:
        base.run("seal", path)
    return positions


def expected(made, rows, as_of):
    found = {}
    for lot in rows:
        if lot["ref"] or lot["day"] > as_of:
            continue
        uses = [r for r in rows if r["ref"] == lot["key"] and r["day"] <= as_of]
        spent = -sum(r["amount"] for r in uses if r["code"].startswith("points.burn"))
        swept = -sum(r["amount"] for r in uses if r["code"] == "points.breakage")
        gone = -sum(r["amount"] for r in uses) - spent - swept
        left = lot["amount"] - spent - swept - gone
        over = lot["end"] is not None and lot["end"] <= as_of
        party = made.pair[0] if made.pair and lot["party"] in made.pair else lot["party"]
        row = found.setdefault((party, lot["unit"]), [0, 0, 0, 0, 0, []])
        for i, part in enumerate((lot["amount"], spent, swept + (left if over else 0), gone, 0 if over else left)):
            row[i] += part
        row[5].append((lot["end"], 0 if over else left))
    for row in found.values():
        assert row[0] == row[1] + row[2] + row[3] + row[4]
        lots = row.pop()
        ends = [end for end, left in lots if end is not None and left > 0]
        row += [min(ends) if ends else None, sum(left for end, left in lots if ends and end == min(ends))]
    return found


def minor(cell, finest, unit):
    """A cell of a table in several units has the digits of the finest."""
    sign = -1 if cell.startswith("-") else 1
    whole, _, part = cell.lstrip("-").partition(".")
    value = sign * int(whole + part.ljust(finest, "0"))
    assert value % 10 ** (finest - SCALES[unit]) == 0
    return value // 10 ** (finest - SCALES[unit])


def check(made, path, positions):
    rng = made.rng
    as_of = rng.randint(0, 400)
    known = rng.randint(0, len(positions)) if rng.random() < 0.3 and not made.pair else len(positions)
    rows = [row for mine in made.files[:known] for row in mine]
    asked = [f"--as-of={day(as_of)}"]
    if 0 < known < len(positions):
        asked.append(f"--as-known={positions[known - 1]}")
    elif known == 0:
        rows = made.rows
    answer = base.run("measure", path, "customer.points", "--format=csv", *asked)
    by_sql = base.run("measure", path, "mine.points", "--format=csv", *asked)
    if answer != by_sql:
        raise AssertionError(f"{asked}:\n{answer}by SQL:\n{by_sql}")
    want = expected(made, rows, as_of)
    finest = max((SCALES[unit] for _, unit in want), default=0)
    found = {}
    for row in csv.DictReader(io.StringIO(answer)):
        cells = [minor(row[name], finest, row["unit"]) for name in COLUMNS]
        gone = row["next_expiry"]
        cells += [(datetime.date.fromisoformat(gone) - START).days if gone else None,
                  minor(row["expiring"], finest, row["unit"])]
        found[row["party"], row["unit"]] = cells
    # As known before the two were parted they are one still: SQL is the judge.
    if "--as-known" not in " ".join(asked) and found != want:
        raise AssertionError(f"{asked}: {found}, expected {want}")
    for number, row in enumerate(csv.DictReader(io.StringIO(answer)), 1):
        column = rng.choice(COLUMNS + ["expiring"])
        done = base.run("drill", path, "customer.points", *asked, f"--row={number}", f"--column={column}", "--prove")
        assert done is not None, row


def main():
    failures, strays = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FIRST, FIRST + LEDGERS):
            made = Ledger(random.Random(seed))
            path = os.path.join(folder, f"{seed}.ledger")
            try:
                check(made, path, load(path, made, folder))
            except AssertionError as error:
                failures += 1
                print(f"not ok random points {seed}: {error}")
                if failures > 5:
                    break
            by_key = {row["key"]: row["party"] for row in made.rows}
            strays += not made.pair and any(r["ref"] and by_key[r["ref"]] != r["party"] for r in made.rows)
    if not failures:
        print(f"ok {LEDGERS} random ledgers of points agree with integers and with SQL "
              f"({strays} with entries whose lot is another's)")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
