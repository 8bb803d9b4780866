"""arrow_consumers - the Arrow C data interface with those who speak it.

pyarrow, pandas, polars and DuckDB read tables of the library and give their
frames back as entries, through PyCapsules, as any program would.  What is
expected are the library's own CSV files: a second way out and in, which has
tests of its own.  Skipped where a package is not installed.
"""
import csv
import ctypes
import importlib
import os
import sys
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
# pylint: disable=wrong-import-position,protected-access
import harness  # noqa: E402
import library  # noqa: E402
from library import _c, _handle, _int64, _Receipt  # noqa: E402

MINOR, PLAIN, DRY_RUN = 1, 2, 4
NAME = b"arrow_array_stream"
_new = ctypes.pythonapi.PyCapsule_New
_new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_new.restype = ctypes.py_object
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
_pointer.restype = ctypes.c_void_p


class _Stream(ctypes.Structure):
    _fields_ = [("get_schema", ctypes.c_void_p),
                ("get_next", ctypes.c_void_p),
                ("get_last_error", ctypes.c_void_p),
                ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
                ("private_data", ctypes.c_void_p)]


class _Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint64), ("flags", ctypes.c_int32),
                ("rounding", ctypes.c_int32), ("source", ctypes.c_char_p)]


_c.custcap_table_to_arrow.argtypes = (
    _handle, ctypes.c_int32, ctypes.c_void_p, _handle)
_c.custcap_table_from_arrow.argtypes = (
    ctypes.c_void_p, library._out, _handle)
_c.custcap_ledger_import_arrow.argtypes = (
    _handle, ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p,
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, _handle)
_c.custcap_arrow_options_init.restype = None


class Table:
    """A table of the library that hands out streams."""

    def __init__(self, owner, table, flags=0):
        self.owner, self.table, self.flags = owner, table, flags
        self.streams = []

    def __arrow_c_stream__(self, requested_schema=None):
        stream = _Stream()
        self.owner._try(_c.custcap_table_to_arrow(
            self.table, self.flags, ctypes.byref(stream),
            self.owner._error))
        self.streams.append(stream)
        return _new(ctypes.addressof(stream), NAME, None)

    def csv(self):
        return self.text(library.FORMAT_CSV)

    def text(self, form):
        parts = []

        @library._WRITE
        def take(_context, data, length):
            parts.append(ctypes.string_at(data, length))
            return 0
        self.owner._try(_c.custcap_table_write(self.table, form, 0, take,
                                               None, self.owner._error))
        return b"".join(parts)

    def free(self):
        _c.custcap_table_free(self.table)
        self.table = _handle()


def entries_of(ledger, flags=0):
    snapshot = ledger._snapshot()
    until, table = _int64(-1), _handle()
    try:
        ledger._try(_c.custcap_snapshot_records(
            snapshot, library.ENTRY, 0, ctypes.byref(until),
            ctypes.byref(table), ledger._error))
    finally:
        _c.custcap_snapshot_free(snapshot)
    return Table(ledger, table, flags)


def measure_of(ledger, name, flags=0):
    snapshot, table = ledger._snapshot(), _handle()
    try:
        ledger._try(_c.custcap_snapshot_measure(
            snapshot, name.encode(), None, ctypes.byref(table),
            ledger._error))
    finally:
        _c.custcap_snapshot_free(snapshot)
    return Table(ledger, table, flags)


def stream_of(frame):
    return _pointer(frame.__arrow_c_stream__(), NAME)


def table_from(ledger, frame):
    table = _handle()
    keep = frame.__arrow_c_stream__()
    ledger._try(_c.custcap_table_from_arrow(
        ctypes.c_void_p(_pointer(keep, NAME)), ctypes.byref(table),
        ledger._error))
    return Table(ledger, table)


def take_in(ledger, frame, flags=0):
    """Import a frame of entries; its receipt."""
    options, receipt = _Options(), _Receipt()
    _c.custcap_arrow_options_init(ctypes.byref(options))
    options.flags = flags
    receipt.struct_size = ctypes.sizeof(receipt)
    keep = frame.__arrow_c_stream__()
    ledger._try(_c.custcap_ledger_import_arrow(
        ledger._ledger, library.ENTRY,
        ctypes.c_void_p(_pointer(keep, NAME)), ctypes.byref(options),
        ctypes.byref(receipt), None, None, ledger._error))
    return receipt


def need(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise harness.Skip(f"{name} is not installed") from None


class Company:
    """The sample company, and its entries as a CSV file."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "sample")
        harness.run("init", self.path)
        harness.run("sample", self.path, "--customers=60")
        data = harness.run("export", self.path, "entry")
        self.rows = harness.csv_rows(data)
        self.file = os.path.join(folder, "entries.csv")
        keep = ["party", "day", "amount", "unit", "line", "channel"]
        with open(self.file, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, keep, extrasaction="ignore",
                                    lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        with open(self.file, "rb") as made:
            self.rows = harness.csv_rows(made.read())
        self.imported = os.path.join(folder, "imported")
        harness.run("init", self.imported)
        harness.run("import", self.imported, "entry", self.file)
        self.count = 0

    def open(self):
        return library.Ledger(self.path)

    def empty(self):
        self.count += 1
        path = os.path.join(self.folder, f"new{self.count}")
        harness.run("init", path)
        return path


NAMES = ("revenue.movements", "revenue.retention", "customer.rfm",
         "revenue.cohorts")


def same_answers(company, path):
    for name in NAMES:
        harness.same(harness.run("measure", path, name, "--format=csv"),
                     harness.run("measure", company.imported, name,
                                 "--format=csv"), name)


def pyarrow_reads(company):
    pa = need("pyarrow")
    ledger = company.open()
    made = entries_of(ledger)
    table = pa.table(made)
    table.validate(full=True)
    rows = harness.csv_rows(made.csv())
    assert table.num_rows == len(rows) > 100
    schema = table.schema
    assert schema.field("amount").type == pa.decimal128(19, 2), schema
    assert pa.types.is_dictionary(schema.field("party").type), schema
    for field in ("amount", "party", "line", "channel"):
        found = ["" if v is None else str(v)
                 for v in table[field].to_pylist()]
        assert found == [row[field] for row in rows], field
    made.flags = MINOR | PLAIN
    other = pa.table(made)
    other.validate(full=True)
    assert other.schema.field("amount").type == pa.int64()
    assert other.schema.field("party").type == pa.string()
    assert other["amount"].to_pylist() == [
        harness.minor(row["amount"]) for row in rows]
    assert other["party"].to_pylist() == [row["party"] for row in rows]
    meta = other.schema.field("amount").metadata
    assert meta[b"custcap.scale"] == b"2", meta
    made.free()  # what was given out lives on
    assert table["amount"][0].as_py() == Decimal(rows[0]["amount"])
    assert other["amount"][0].as_py() == harness.minor(rows[0]["amount"])


def pyarrow_round_trip(company):
    pa = need("pyarrow")
    ledger = company.open()
    for name in NAMES:
        for flags in (0, MINOR, PLAIN):
            made = measure_of(ledger, name, flags)
            table = pa.table(made)
            table.validate(full=True)
            back = table_from(ledger, table)
            harness.same(back.csv(), made.csv(), name)
            # Notes and merge rules too; and in another's memory, in pieces.
            harness.same(back.text(library.FORMAT_JSON),
                         made.text(library.FORMAT_JSON), name)
            pieces = pa.Table.from_batches(
                table.to_batches(max_chunksize=3), schema=table.schema)
            again = table_from(ledger, pieces)
            harness.same(again.csv(), made.csv(), name + " in pieces")
            for one in (made, back, again):
                one.free()


def ratios_read(company):
    pa = need("pyarrow")
    ledger = company.open()
    made = measure_of(ledger, "revenue.retention")
    table = pa.table(made)
    for row, expected in zip(table.to_pylist(),
                             harness.csv_rows(made.csv())):
        assert str(row["nrr_num"]) == expected["nrr_num"]
        assert str(row["nrr_den"]) == expected["nrr_den"]
        if expected["nrr"] == "":
            assert row["nrr"] is None
        else:
            # CSV has 12 significant digits
            assert abs(row["nrr"] - float(expected["nrr"])) <= \
                1e-11 * max(1, abs(row["nrr"]))


def pandas_reads(company):
    pd = need("pandas")
    need("pyarrow")
    ledger = company.open()
    made = entries_of(ledger)
    frame = pd.DataFrame.from_arrow(made) \
        if hasattr(pd.DataFrame, "from_arrow") \
        else need("pyarrow").table(made).to_pandas()
    rows = harness.csv_rows(made.csv())
    assert [str(v) for v in frame["amount"]] == [r["amount"] for r in rows]
    assert list(frame["party"].astype(str)) == [r["party"] for r in rows]


def polars_reads(company):
    pl = need("polars")
    ledger = company.open()
    for flags in (0, PLAIN):
        made = entries_of(ledger, flags)
        frame = pl.DataFrame(made)
        rows = harness.csv_rows(made.csv())
        assert [str(v) for v in frame["amount"]] == \
            [r["amount"] for r in rows]
        assert frame["party"].cast(pl.String).to_list() == \
            [r["party"] for r in rows]
        empty = measure_of(library.Ledger(company.empty()),
                           "customer.rfm", flags)
        assert pl.DataFrame(empty).height == 0


def duckdb_reads(company):
    duckdb = need("duckdb")
    pa = need("pyarrow")
    ledger = company.open()
    made = entries_of(ledger)
    reader = pa.RecordBatchReader.from_stream(made)
    total, count = duckdb.sql(
        "select sum(amount), count(*) from reader").fetchall()[0]
    rows = harness.csv_rows(made.csv())
    assert count == len(rows)
    assert total == sum(Decimal(row["amount"]) for row in rows)


def columns_of(company):
    columns = {name: [row[name] for row in company.rows]
               for name in company.rows[0]}
    columns["amount"] = [Decimal(a) for a in columns["amount"]]
    return columns


def pyarrow_frame(company):
    """Text, decimal and date columns in chunks of a hundred rows."""
    pa = need("pyarrow")
    columns = columns_of(company)
    days = pa.array(columns.pop("day")).cast(pa.date32())
    table = pa.table({**columns, "day": days})
    return table


def pyarrow_gives(company):
    pa = need("pyarrow")
    plain = pyarrow_frame(company)
    pieces = pa.Table.from_batches(plain.to_batches(max_chunksize=100))
    coded = pieces
    for at, name in enumerate(coded.schema.names):
        if coded.schema.field(name).type == pa.string():
            # every chunk has a dictionary of its own
            coded = coded.set_column(at, name, pa.chunked_array(
                [c.dictionary_encode() for c in coded[name].chunks]))
    padded = pa.concat_tables([plain.slice(0, 7), plain, plain.slice(0, 5)])
    sliced = padded.slice(7, plain.num_rows)  # offsets that are not 0
    at = plain.schema.get_field_index("amount")
    minor = plain.set_column(at, "amount", pa.array(
        [int(a * 100) for a in plain["amount"].to_pylist()],
        pa.int32()))
    large = plain.set_column(0, "party", plain["party"].cast(
        pa.large_string()))
    views = plain.set_column(0, "party", plain["party"].cast(
        pa.string_view())) if hasattr(pa, "string_view") else plain
    day = plain.schema.get_field_index("day")
    stamps = plain.set_column(day, "day", plain["day"].cast(
        pa.timestamp("ms")))
    for what, frame, flags in (
            ("plain", plain, 0), ("in pieces", pieces, 0),
            ("dictionaries", coded, 0), ("sliced", sliced, 0),
            ("minor units", minor, MINOR), ("large", large, 0),
            ("views", views, 0), ("timestamps", stamps, 0)):
        path = company.empty()
        ledger = library.Ledger(path)
        receipt = take_in(ledger, frame, flags)
        assert receipt.records_new == len(company.rows), what
        position, chain = ledger.head()
        assert bytes(receipt.chain).hex() == chain and position > 0
        ledger.free()
        same_answers(company, path)


def polars_gives(company):
    pl = need("polars")
    columns = columns_of(company)
    frame = pl.DataFrame(columns).with_columns(
        pl.col("day").str.to_date(),
        pl.col("amount").cast(pl.Decimal(20, 4)),
        pl.col("line").cast(pl.Categorical))
    path = company.empty()
    ledger = library.Ledger(path)
    assert take_in(ledger, frame).records_new == len(company.rows)
    ledger.free()
    same_answers(company, path)


def pandas_gives(company):
    pd = need("pandas")
    need("pyarrow")
    columns = columns_of(company)
    frame = pd.DataFrame(columns)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["channel"] = frame["channel"].astype("category")
    path = company.empty()
    ledger = library.Ledger(path)
    assert take_in(ledger, frame).records_new == len(company.rows)
    # A column of floats is refused by its name, and nothing stays.
    before = ledger.head()
    frame["amount"] = frame["amount"].astype(float)
    try:
        take_in(ledger, frame)
    except library.Failure as failure:
        assert "amount" in str(failure) and "floating" in str(failure)
    else:
        raise AssertionError("floats were taken")
    assert ledger.head() == before
    ledger.free()
    same_answers(company, path)


def duckdb_gives(company):
    duckdb = need("duckdb")
    need("pyarrow")
    path = company.empty()
    ledger = library.Ledger(path)
    frame = duckdb.sql(
        f"from read_csv('{company.file}', types={{'party': 'VARCHAR', "
        "'amount': 'DECIMAL(18,2)', 'day': 'DATE'})")
    assert take_in(ledger, frame).records_new == len(company.rows)
    ledger.free()
    same_answers(company, path)


def bad_rows(company):
    pa = need("pyarrow")
    ledger = library.Ledger(company.empty())
    days = ["2024-01-01"] * 999 + ["2024-02-30"]
    before = ledger.head()
    table = pa.table({"party": ["a"] * 1000, "day": days,
                      "amount": [1] * 1000})
    try:
        take_in(ledger, pa.Table.from_batches(table.to_batches(97)))
    except library.Failure as failure:
        assert "row 999" in str(failure) and "2024-02-30" in str(failure), \
            failure
    else:
        raise AssertionError("a day that isn't was taken")
    assert ledger.head() == before, ledger.head()
    receipt = take_in(ledger, table.slice(0, 999), DRY_RUN)
    found = receipt.records_new, receipt.position
    assert found == (999, 0), found
    assert ledger.head() == before, ledger.head()
    ledger.free()


def main():
    report = harness.Report("arrow")
    company = Company(report.directory)
    for test in (pyarrow_reads, pyarrow_round_trip, ratios_read,
                 pandas_reads, polars_reads, duckdb_reads, pyarrow_gives,
                 polars_gives, pandas_gives, duckdb_gives, bad_rows):
        report.test(test.__name__, test, company)
    report.finish()


if __name__ == "__main__":
    main()
