#!/usr/bin/env python3
"""python_consumers: NumPy, pandas, polars, pyarrow and DuckDB, for real.

Run by tests/python/environment.py in an environment that has them.  What is
expected are the rows that Python itself reads, or records posted as rows.
"""
import datetime
import decimal
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import python_checks as checks  # noqa: E402
from python_checks import raises  # noqa: E402
import custcap  # noqa: E402

import duckdb  # noqa: E402
import numpy  # noqa: E402
import pandas  # noqa: E402
import polars  # noqa: E402
import pyarrow  # noqa: E402

ROWS = [{"party": f"p{i % 7}", "amount": i * 3 - 20, "line": f"l{i % 2}",
         "day": datetime.date(2024, 1, 1) + datetime.timedelta(days=i * 9)}
        for i in range(40)]


def shop(folder, name="shop"):
    """A ledger of forty entries."""
    ledger = custcap.create(folder / name, unit="EUR")
    ledger.post("entry", ROWS)
    return ledger


def expected(folder):
    """What all ways of posting must answer."""
    with shop(folder, "expected") as ledger:
        return ledger.measure("revenue.movements").to_csv()


def answer(folder, data, name, **options):
    """What one way of posting answers."""
    with custcap.create(folder / name, unit="EUR") as ledger:
        assert ledger.post("entry", data, **options).records_new == 40
        return ledger.measure("revenue.movements").to_csv()


def cells(table):
    """Rows as plain tuples, ratios as (value, num, den)."""
    made = []
    for row in table:
        line = []
        for column, cell in zip(table.columns, row):
            line.append(cell)
            if column.type == "ratio":
                line[-1] = None if cell is None else float(cell)
                line += ([0, 0] if cell is None else [cell.num, cell.den])
        made.append(tuple(line))
    return made


def answers(folder):
    """Two tables with every common type."""
    with shop(folder) as ledger, ledger.snapshot() as snapshot:
        return [snapshot.measure(name) for name in (
            "revenue.movements", "customer.summary", "customer.rfm")]


def same(frame_rows, table):
    """Rows of a consumer against our own; ratios' numerators of undefined
    ratios are compared where our rows have them."""
    own = cells(table)
    assert len(frame_rows) == len(own)
    for theirs, ours in zip(frame_rows, own):
        assert len(theirs) == len(ours), (theirs, ours)
        for a, b in zip(theirs, ours):
            if isinstance(b, float):
                assert abs(a - b) <= 1e-12 * abs(b), (theirs, ours)
            elif b != 0 or a is not None:
                assert a == b or (a is None and b == 0), (theirs, ours)


def test_pyarrow_reads(folder):
    """pyarrow.table(table): exact decimals, dates, metadata."""
    for table in answers(folder):
        made = pyarrow.table(table)
        made.validate(full=True)
        same([tuple(row.values()) for row in made.to_pylist()], table)
        assert made.schema.metadata[b"custcap.unit"] == b"EUR"
        plain = pyarrow.table(table.to_arrow(plain=True, minor=True))
        assert not any(pyarrow.types.is_dictionary(field.type)
                       for field in plain.schema)


def test_streams_are_fresh(folder):
    """Every call gives a stream of its own; the table may go first."""
    table = answers(folder)[0]
    first, second = pyarrow.table(table), pyarrow.table(table)
    table.close()
    assert first.equals(second) and first.num_rows > 0


def test_polars_reads(folder):
    """polars.DataFrame(table)."""
    for table in answers(folder):
        same(polars.DataFrame(table).rows(), table)


def test_duckdb_reads(folder):
    """SQL over a table."""
    movements, summary, scores = answers(folder)
    rows = duckdb.sql("SELECT sum(new), max(closing) FROM movements")
    assert rows.fetchall() == [(sum(row.new for row in movements),
                                max(row.closing for row in movements))]
    same(duckdb.sql("FROM summary").fetchall(), summary)
    same(duckdb.sql("FROM scores").fetchall(), scores)


def test_pandas_reads(folder):
    """to_pandas(): exact or not, as asked; notes in attrs."""
    movements, summary, _ = answers(folder)
    exact = movements.to_pandas()
    assert list(exact["new"]) == movements["new"].to_list()
    assert isinstance(exact["new"][0], decimal.Decimal)
    loose = movements.to_pandas(money="float")
    assert loose["new"].sum() == float(sum(exact["new"]))
    minor = movements.to_pandas("minor")
    assert minor["new"].tolist() == movements["new"].values.tolist()
    assert exact.attrs["measure"] == "revenue.movements"
    frame = summary.to_pandas()
    assert frame["first_day"].dt.date.tolist() == summary[
        "first_day"].to_list()
    assert frame["frequency"].dtype == "int64"
    raises(custcap.InvalidError, movements.to_pandas, money="cents")


def test_numpy_views(folder):
    """Columns are views: the same memory, read-only, kept alive."""
    movements, summary, _ = answers(folder)
    one, two = (movements["new"].to_numpy() for _ in range(2))
    assert one.ctypes.data == two.ctypes.data
    assert not one.flags.writeable and not one.flags.owndata
    raises(ValueError, one.__setitem__, 0, 1)
    days = summary["first_day"].to_numpy()
    assert days.dtype == "datetime64[D]" and not days.flags.owndata
    assert days.tolist() == summary["first_day"].to_list()
    before = one.tolist()
    movements.close()
    assert one.tolist() == before
    arrays = summary.to_numpy()
    assert arrays["monetary"].dtype == "float64"
    assert arrays["party"].tolist() == summary["party"].to_list()


def test_posting_frames(folder):
    """pandas, polars, pyarrow and DuckDB give what rows give."""
    want = expected(folder)
    table = pyarrow.Table.from_pylist(ROWS)
    frame = pandas.DataFrame(ROWS)
    halves = pyarrow.concat_tables([table[:13], table[13:]])
    ways = {
        "pyarrow": table, "chunked": halves,
        "sliced": pyarrow.concat_tables([table, table])[40:],
        "dictionary": table.set_column(
            0, "party", table["party"].combine_chunks().dictionary_encode()),
        "large": table.set_column(
            0, "party", table["party"].cast(pyarrow.large_string())),
        "decimal": table.set_column(
            1, "amount", table["amount"].cast(pyarrow.decimal128(30, 2))),
        "view": table.set_column(
            0, "party", table["party"].cast(pyarrow.string_view())),
        "reader": table.to_reader(max_chunksize=7),
        "polars": polars.DataFrame(ROWS), "pandas": frame,
        "duckdb": duckdb.sql("FROM frame"),
    }
    for name, data in ways.items():
        assert answer(folder, data, name) == want, name


def test_posting_columns(folder):
    """NumPy columns and Series, of any integer and text type."""
    want = expected(folder)
    days = numpy.array([row["day"] for row in ROWS], dtype="datetime64[D]")
    columns = {"party": numpy.array([row["party"] for row in ROWS]),
               "day": days, "line": [row["line"] for row in ROWS],
               "amount": numpy.array([row["amount"] for row in ROWS])}
    ways = {
        "plain": columns,
        "strided": {name: (numpy.repeat(cell, 2)[::2] if name != "line"
                           else cell) for name, cell in columns.items()},
        "small": {**columns, "amount": columns["amount"].astype("int16")},
        "swapped": {**columns, "amount": columns["amount"].astype(">i8")},
        "object": {**columns, "amount": numpy.array(
            [decimal.Decimal(row["amount"]) for row in ROWS])},
        "seconds": {**columns, "day": days.astype("datetime64[s]")},
        "series": {name: pandas.Series(list(cell))
                   for name, cell in columns.items()},
        "polars": {name: polars.Series(list(cell) if name != "day" else
                                       [row["day"] for row in ROWS])
                   for name, cell in columns.items()},
    }
    for name, data in ways.items():
        assert answer(folder, data, name) == want, name
    cents = {**columns, "amount": columns["amount"] * 100}
    assert answer(folder, cents, "cents", minor=True) == want


def test_what_is_not_exact_is_refused(folder):
    """Floats by name, missing values by row, wrong shapes."""
    with custcap.create(folder / "x") as ledger:
        head = ledger.head()
        floats = pandas.DataFrame(ROWS).astype({"amount": "float64"})
        for data in (floats, polars.DataFrame(floats),
                     {"party": ["a"], "day": ["2024-01-01"],
                      "amount": numpy.array([1.5])}):
            problem = raises(custcap.InvalidError, ledger.post, "entry",
                             data)
            assert problem.field == "amount"
        holes = pyarrow.table({"party": ["a", "b"], "amount": [1, 2],
                               "day": ["2024-01-01", None]})
        problem = raises(custcap.InvalidError, ledger.post, "entry", holes)
        assert (problem.row, problem.field) == (1, "day")
        flat = numpy.ones((2, 2), dtype=int)
        raises(custcap.InvalidError, ledger.post, "entry",
               {"party": ["a", "b"], "amount": flat}, words="dimensions")
        nested = pyarrow.table({"party": [["a"]], "amount": [1]})
        raises(custcap.InvalidError, ledger.post, "entry", nested)
        raises(custcap.InvalidError, ledger.post, "entry",
               pyarrow.table({"nobody": [1]}), words="nobody")
        assert ledger.head() == head


def test_missing_values_of_others(folder):
    """NaN, NaT and NA are fields left out, in rows as in columns."""
    row = {"party": "a", "day": "2024-01-01", "amount": 1}
    with custcap.create(folder / "m") as ledger:
        for hole in (None, float("nan"), pandas.NA, pandas.NaT,
                     numpy.datetime64("NaT")):
            ledger.post("entry", {**row, "end": hole})
            ledger.post("entry", {name: [cell] for name, cell in
                                  {**row, "end": hole}.items()})
        ledger.post("entry", {name: [cell] for name, cell in row.items()} | {
            "end": numpy.array(["NaT"], dtype="datetime64[D]")})
        records = list(ledger.snapshot().records("entry"))
        assert len(records) == 11
        assert all(record.end is None for record in records)


def test_large_and_cancelled(folder):
    """A long stream reports, and cancelling leaves nothing."""
    many = 300000
    table = pyarrow.table({
        "party": pyarrow.array(numpy.arange(many) % 5000).cast("string"),
        "day": pyarrow.array(numpy.full(many, 19800, dtype="int32")).cast(
            pyarrow.date32()),
        "amount": numpy.ones(many, dtype="int64")})
    with custcap.create(folder / "l") as ledger:
        head, seen = ledger.head(), []
        raises(custcap.CancelledError, ledger.post, "entry", table,
               progress=lambda done, total: done > 100000)
        assert ledger.head() == head
        receipt = ledger.post("entry", table,
                              progress=lambda done, total: seen.append(done))
        assert receipt.records_new == many and seen
        assert ledger.measure("revenue.movements")[0].new == many


def test_round_trip(folder):
    """A table that went out comes back as it was."""
    for table in answers(folder):
        for way in (table, pyarrow.table(table), table.to_arrow(minor=True)):
            again = custcap.Table.from_arrow(way)
            assert again.to_csv() == table.to_csv()


if __name__ == "__main__":
    checks.run_all(globals(), "consumers")
