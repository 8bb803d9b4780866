"""random_drills - every cell of money leads to entries that sum to it, on random companies.

The companies and questions are every_measure.py's: refunds, merges, late entries, four currencies, any window and
moment.  Of each answer some rows are drilled: the parts of a money column, or of half a ratio of money, sum to the
cell.  ORACLE_DRILLS sets how many companies (default 5), ORACLE_FIRST the first; a column without a drill is left to
tests/acceptance/drills.py, which wants a reason for it.
"""
import csv
import io
import os
import sys
import tempfile
from collections import Counter
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import every_measure as every  # noqa: E402
import library  # noqa: E402
from company import SCALES, Company  # noqa: E402

COMPANIES = int(os.environ.get("ORACLE_DRILLS", "5"))
ROWS = 2
# Parts that are entries, of a cell that counts days or says who comes before.
NO_SUM = {"customer.summary", "customer.rfm", "customer.grade"}


def halves(row, name):
    """(column, digits of the unit or not) of what may be drilled in a row."""
    for column, (kind, _, _) in every.about(name).items():
        if kind == "money" and row[column]:
            yield column, False
        elif kind == "ratio":
            yield column + "_num", True
            yield column + "_den", True


def drilled(ledger, v, known, name, parameters, window):
    """Cells that were proved; every.Wrong where parts do not sum."""
    rows = list(csv.DictReader(io.StringIO(ledger.ask(name, as_known=known, parameters=parameters,
                                                      **window).decode())))
    count = 0
    for at in v.company.rng.sample(range(len(rows)), min(ROWS, len(rows))):
        for column, minor in halves(rows[at], name):
            try:
                text = ledger.drill(name, at + 1, column, as_known=known, parameters=parameters, **window)
            except library.Failure as why:
                if why.status != library.NOT_FOUND:
                    raise every.Wrong(f"drill {name} {column}: {why}") from why
                continue
            parts = list(csv.DictReader(io.StringIO(text.decode())))
            if minor and not (parts and "part" in parts[0]):
                continue
            # Parts of a count have no point; those of money have the unit's digits.
            is_money = minor and any("." in part["part"] for part in parts)
            cell = Fraction(rows[at][column]) / (10 ** SCALES[v.unit] if is_money else 1)
            total = sum(Fraction(part["part"]) for part in parts)
            if total != cell:
                raise every.Wrong(f"drill {name} {parameters} {window} as known {known}, row {at + 1}, {column}: "
                                  f"{len(parts)} parts sum to {total}, the cell is {cell}")
            count += 1
    return count


def check(path, company, counts):
    ledger, position = every.load(path, company)
    try:
        for v, known, ask in every.views(company, position):
            for name, parameters, _ in ask(v, company.rng):
                if name not in NO_SUM:
                    counts[name] += drilled(ledger, v, known, name, parameters, every.asked(v, ask, name))
    finally:
        ledger.free()


def main():
    counts, failures = Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(every.FIRST, every.FIRST + COMPANIES):
            try:
                check(os.path.join(folder, "l"), Company(seed), counts)
            except every.Wrong as why:
                failures += 1
                print(f"not ok oracle/random_drills company {seed}: {' '.join(str(why).split())[:1500]}")
            every.clear(folder)
    if not failures:
        print(f"ok oracle/random_drills ({COMPANIES} companies, {sum(counts.values())} cells proved)")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
