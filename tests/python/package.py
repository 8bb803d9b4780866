#!/usr/bin/env python3
"""package: the binding on the standard library alone.

Numbers of the shop are by hand: in January ann pays 100 and bob 50, in
February ann 120.  Net 120/150, gross 100/150, kept 1/2, quick 20/50.
"""
import array
import datetime
import decimal
import io
import json
import pickle
import sys
from fractions import Fraction

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402
from python_checks import raises  # noqa: E402
import custcap  # noqa: E402

ENTRIES = [{"party": "ann", "day": "2024-01-15", "amount": "100.00"},
           {"party": "ann", "day": datetime.date(2024, 2, 15),
            "amount": decimal.Decimal("120")},
           {"party": "bob", "day": "2024-01-20", "amount": 50}]


def shop(folder, **options):
    """The ledger of the shop."""
    ledger = custcap.create(folder / "shop.ledger", unit="EUR", **options)
    ledger.post("entry", ENTRIES)
    return ledger


def test_rows_by_hand(folder):
    """The retention of the shop, as rows."""
    with shop(folder) as ledger:
        table = ledger.measure("revenue.retention")
    first, row = table
    assert first.nrr is None and first["grr"] is None
    assert row.period == row[0] == "2024-02"
    assert (row.nrr.num, row.nrr.den) == (12000, 15000)
    assert row.nrr == Fraction(120, 150) and row["grr"] == Fraction(2, 3)
    assert row.logo == Fraction(1, 2) and row.quick == Fraction(20, 50)
    assert row.to_dict()["logo"] == Fraction(1, 2)
    assert table[-1] == row and table[0:1] == [first]
    assert table.to_dict()["period"] == ["2024-01", "2024-02"]
    assert table.to_rows()[1]["quick"] == Fraction(2, 5)
    assert table.shape == (2, 5) and len(table) == 2
    assert table.notes["measure"] == "revenue.retention"
    raises(AttributeError, getattr, row, "gnr", words="period, nrr")
    raises(KeyError, table.column, "gnr", words="period, nrr")
    raises(IndexError, table.__getitem__, 2, words="row 2 of 2")


def test_types_of_cells(folder):
    """Money is Decimal, days are dates, counts ints, instants datetimes."""
    with shop(folder) as ledger:
        movements = ledger.measure("revenue.movements")
        summary = ledger.measure("customer.summary")
    assert movements[1].closing == decimal.Decimal("120.00")
    assert str(movements[0].new) == "150.00"
    assert movements[0].customers_new == 2
    ann = summary[0]
    assert ann.first_day == datetime.date(2024, 1, 15)
    assert ann.monetary == 120 and ann.frequency == 1
    types = {column.name: column.type for column in summary.columns}
    assert types["party"] == "text" and types["monetary"] == "ratio"
    assert summary["monetary"].scale == 2
    assert summary["party"].merge == "key"


def test_views_without_copies(folder):
    """Integers are lent: read-only, kept by the view, gone with it."""
    with shop(folder) as ledger:
        table = ledger.measure("revenue.movements")
    new, again = table["new"].values, table["new"].values
    assert new.format == "q" and new.readonly
    assert new.tolist() == [15000, 0]
    assert table["customers_new"].values[0] == 2
    lent = [memoryview(view).obj for view in (new, again)]
    assert len(lent) == 2
    table.close()
    assert new.tolist() == [15000, 0], "a view outlives close()"
    raises(custcap.MisuseError, list, table, words="this Table is closed")


def test_window_and_parameters(folder):
    """A query as keyword arguments, as a Query, and both."""
    with shop(folder) as ledger, ledger.snapshot() as snapshot:
        query = custcap.Query(from_="2024-01-01", to="2024-03-01")
        by_query = snapshot.measure("revenue.movements", query)
        by_words = snapshot.measure("revenue.movements", from_="2024-01-01",
                                    to=datetime.date(2024, 3, 1))
        assert list(by_query) == list(by_words)
        largest = snapshot.measure("revenue.movements", query,
                                   sort="-closing", limit=1)
        assert [row.period for row in largest] == ["2024-01"]
        statement = snapshot.measure("customer.statement", party="ann")
        assert [row.amount for row in statement] == [100, 120]
        same = snapshot.measure("customer.statement", set={"party": "ann"})
        assert list(same) == list(statement)
        only = snapshot.measure("revenue.movements", query,
                                filter={"party": ["bob"]})
        assert only[0].new == 50
        raises(custcap.InvalidError, snapshot.measure, "revenue.movements",
               peroid="month", words="peroid")
        raises(custcap.InvalidError, custcap.Query, from_="2024-01-01",
               words="to is missing")
        raises(custcap.InvalidError, custcap.Query, from_="2024-02-30",
               to="2024-03-01", words="2024-02-30")
        raises(custcap.InvalidError, custcap.Query, limit="three",
               words="expected an integer")
        raises(custcap.NotFoundError, snapshot.measure, "revenue.magic")


def test_a_viewer_reads_up_to_its_clearance(folder):
    """Texts above the viewer's clearance are left out."""
    with shop(folder) as ledger:
        ledger.post("definition", [
            {"kind": "object", "code": "file", "data": '{"level": 3}'}])
        ledger.post("event", [{"party": "ann", "day": "2024-01-15",
                               "kind": "message", "object": "file",
                               "text": "a secret"}])
        asked = ("SELECT text FROM event WHERE text IS NOT NULL")
        assert len(list(ledger.snapshot().measure_text(asked))) == 1
        seen = ledger.snapshot(viewer="bob")
        assert not list(seen.measure_text(asked))
        raises(custcap.NotFoundError, ledger.snapshot, viewer="nobody",
               words="nobody")


def test_drill_sums_to_the_cell(folder):
    """Entries behind a cell have parts that sum to it."""
    with shop(folder) as ledger:
        table = ledger.measure("revenue.movements")
        behind = table.drill(0, "new")
        assert sum(row.part for row in behind) == table[0].new == 150
        kept = ledger.measure("revenue.retention").drill(1, "nrr_num")
        assert [row.amount for row in kept] == [120]
        raises(custcap.InvalidError, table.drill, -1, "new")
        raises(custcap.UnsupportedError, behind.drill, 0, "part")


def test_ways_of_posting(folder):
    """Dicts, one dict, sequences with names, columns: the same records."""
    rows = [("ann", "2024-01-15", "100.00"), ("ann", "2024-02-15", "120"),
            ("bob", "2024-01-20", 50)]
    names = ("party", "day", "amount")
    columns = {name: list(cells) for name, cells in zip(names, zip(*rows))}
    answers = []
    for place, (data, fields) in enumerate([
            (ENTRIES, None), (rows, names), (iter(rows), names),
            ((dict(zip(names, row)) for row in rows), None)]):
        with custcap.create(folder / f"{place}", unit="EUR") as ledger:
            receipt = ledger.post("entry", data, fields=fields)
            assert receipt.records_new == 3 and receipt.parties_made == 2
            assert len(receipt.ids) == 3
            answers.append(ledger.measure("revenue.movements").to_csv())
    assert len(set(answers)) == 1
    with custcap.create(folder / "one", unit="EUR") as ledger:
        ledger.post("entry", dict(zip(names, rows[0])))
        assert ledger.measure("revenue.movements")[0].new == 100
    assert sorted(columns) == sorted(names)


def test_columns_of_the_standard_library(folder):
    """A dict of lists and arrays goes in as columns."""
    with custcap.create(folder / "c", unit="EUR") as ledger:
        receipt = ledger.post("entry", {
            "party": ["ann", "ann", "bob"],
            "day": ["2024-01-15", datetime.date(2024, 2, 15), "2024-01-20"],
            "amount": array.array("q", [10000, 12000, 5000])}, minor=False)
        assert receipt.records_new == 3
        assert ledger.measure("revenue.movements")[0].new == 15000
        raises(custcap.InvalidError, ledger.post, "entry",
               {"party": ["a", "b"], "day": ["2024-01-01"], "amount": [1]},
               words="has 1 values")


def test_minor_units(folder):
    """Integers count cents where minor says so, by the row's unit."""
    with custcap.create(folder / "m", unit="EUR") as ledger:
        ledger.post("entry", [
            {"party": "a", "day": "2024-01-01", "amount": 1050},
            {"party": "a", "day": "2024-01-01", "amount": 7, "unit": "JPY"}],
            minor=True)
        amounts = [row.amount for row in ledger.snapshot().records("entry")]
        assert [decimal.Decimal(amount) for amount in amounts] == [
            decimal.Decimal("10.50"), 7]
        raises(custcap.InvalidError, ledger.post, "entry",
               {"party": "a", "day": "2024-01-01", "amount": 7,
                "unit": "XQX"}, minor=True, words="XQX")


def test_exactly_once_and_refs(folder):
    """Keys make a post idempotent; ref settles another entry."""
    with custcap.create(folder / "k", unit="EUR") as ledger:
        sale = {"party": "ann", "day": "2024-01-15", "amount": 100,
                "key": "invoice 1"}
        first = ledger.post("entry", sale)
        assert ledger.post("entry", sale).records_exists == 1
        problem = raises(custcap.ConflictError, ledger.post, "entry",
                         {**sale, "amount": 101}, words="another amount")
        assert problem.status == 50 and problem.field == "amount"
        back = {"party": "ann", "day": "2024-01-16", "amount": -40}
        ledger.post("entry", {**back, "ref": first.ids[0]})
        ledger.post("entry", {**back, "ref": "invoice 1"})
        problem = raises(custcap.RefusedError, ledger.post, "entry",
                         {**back, "ref": "invoice 1"})
        assert problem.findings[0].severity == "refuse"
        assert ledger.measure("revenue.movements")[0].closing == 20


def test_batch_check_and_mending(folder):
    """A refused batch is still there, and says why."""
    with shop(folder) as ledger:
        ledger.close_books("2024-01-31")
        late = {"party": "ann", "day": "2024-01-31", "amount": 1}
        with ledger.batch() as batch:
            assert batch.add("entry", late) == 1
            assert batch.check()[0].severity == "refuse"
            problem = raises(custcap.RefusedError, batch.commit)
            assert len(problem.findings) == 1
            batch.clear()
            assert len(batch) == 0
            batch.add("entry", {**late, "prior": True})
            assert batch.check() is None
            assert batch.commit().records_new == 1
            assert batch.record_status("entry") == "new"
            assert batch.record_id("entry").startswith("@")
        with ledger.batch(zero_sum=True) as batch:
            batch.add("entry", {**late, "day": "2024-03-01"})
            raises(custcap.InvalidError, batch.commit, words="zero")
        raises(custcap.ConflictError, ledger.close_books, "2024-01-31")


def test_large_posts_are_one(folder):
    """More rows than a batch holds land together or not at all."""
    rows = [{"party": f"p{i % 50}", "day": "2024-01-01", "amount": i}
            for i in range(20000)]
    with custcap.create(folder / "l", unit="EUR") as ledger:
        receipt = ledger.post("entry", rows)
        assert receipt.records_new == 20000 == len(set(receipt.ids))
        assert receipt.parties_made == 50
        head = ledger.head()
        rows[15000] = {**rows[15000], "day": "2024-02-30"}
        problem = raises(custcap.InvalidError, ledger.post, "entry", rows)
        assert problem.row == 15000 and problem.field == "day"
        assert ledger.head() == head, "nothing half done"
        assert ledger.measure("revenue.movements")[0].closing == sum(
            range(20000))


def test_import_block(folder):
    """What is posted in a with block lands at its end, or not at all."""
    with shop(folder) as ledger:
        head = ledger.head()
        try:
            with ledger.importing():
                ledger.post("entry", ENTRIES)
                raise KeyError("the host's own")
        except KeyError:
            pass
        assert ledger.head() == head
        with ledger.importing():
            ledger.post("entry", ENTRIES)
            ledger.post("entry", ENTRIES)
        assert ledger.measure("revenue.movements")[0].new == 450
        many = [{**ENTRIES[0], "amount": 1}] * 9000
        with ledger.importing():
            ledger.post("entry", many)
            ledger.post("entry", {"party": ["ann"], "amount": [1],
                                  "day": ["2024-01-01"]})
        assert ledger.measure("revenue.movements")[0].new == 9451
        head = ledger.head()
        try:
            with ledger.importing():
                ledger.post("entry", many)
                ledger.post("entry", {"party": "x"})
        except custcap.InvalidError:
            assert ledger.head() == head
        raises(custcap.MisuseError, closes_inside, ledger)


def closes_inside(ledger):
    """An import whose ledger goes away."""
    with ledger.importing():
        ledger.close()


def test_time_travel(folder):
    """A snapshot answers the same for ever; as_known goes back."""
    with shop(folder) as ledger:
        before = ledger.snapshot()
        position = before.position
        ledger.post("entry", {"party": "cy", "day": "2024-01-02",
                              "amount": 7})
        ledger.undo(position)
        after = ledger.measure("revenue.movements")
        assert [row.closing for row in after] == [7, 0]
        for snapshot in (before, ledger.snapshot(as_known=position)):
            table = snapshot.measure("revenue.movements")
            assert [row.closing for row in table] == [150, 120]
        earlier = ledger.snapshot(as_of="2024-01-31")
        assert [row.closing for row in earlier.measure(
            "revenue.movements", from_="2024-01-01", to="2024-02-01")] == [7]
        raises(custcap.InvalidError, ledger.snapshot, as_known=99)
        raises(custcap.InvalidError, ledger.snapshot,
               as_of=datetime.datetime(2024, 1, 1), words="without a zone")
    assert [row.closing for row in before.measure("revenue.movements")] == [
        150, 120], "a snapshot outlives its ledger"


def test_erase(folder):
    """A name is gone, its numbers stay."""
    with shop(folder) as ledger:
        ledger.erase("bob")
        raises(custcap.NotFoundError, ledger.party, "bob")
        assert ledger.party("ann") > 0
        assert ledger.measure("revenue.movements")[0].new == 150
        ledger.verify()


def test_upkeep_with_progress(folder):
    """Long calls report, can be cancelled, and let exceptions through."""
    with shop(folder) as ledger:
        seen = []
        ledger.seal(progress=lambda done, total: seen.append(done))
        ledger.rebuild()
        ledger.verify()
        raises(custcap.CancelledError, ledger.verify,
               progress=lambda done, total: True)

        def fails(_done, _total):
            raise ZeroDivisionError("in the callback")

        raises(ZeroDivisionError, ledger.verify, progress=fails,
               words="in the callback")
        inside = raises(custcap.MisuseError, ledger.verify,
                        progress=lambda done, total: ledger.head())
        assert "busy" in str(inside)
        ledger.backup(folder / "copy")
        with custcap.open(folder / "copy", read_only=True) as copy:
            assert copy.head() == ledger.head()
            raises(custcap.ReadOnlyError, copy.post, "entry", ENTRIES)


def test_hooks_of_the_host(folder):
    """Clock, randomness and key come from the host; what they raise too."""
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5,
                               tzinfo=datetime.timezone.utc)
    key = bytes(range(32))
    with custcap.create(folder / "h", clock=lambda: moment,
                        random=lambda size: b"r" * size,
                        master_key=key) as ledger:
        assert ledger.head().time == moment
        ledger.post("entry", {"party": "a", "day": "2020-01-01",
                              "amount": 1})
    with custcap.open(folder / "h", master_key=lambda: key) as ledger:
        assert ledger.party("a") > 0

    def broken():
        raise RuntimeError("no key today")

    raises(RuntimeError, custcap.open, folder / "h", master_key=broken,
           words="no key today")
    raises(custcap.InvalidError, custcap.open, folder / "h",
           master_key=b"short", words="expected 32 bytes")


def test_records_come_back(folder):
    """Export, and changes since a position."""
    with shop(folder) as ledger:
        position = ledger.head().position
        ledger.post("role", {"party": "ann", "role": "fan",
                             "from": "2024-02-01"})
        ledger.post("entry", {"party": "bob", "day": "2024-03-01",
                              "amount": "1.23", "document": "=1+1"})
        snapshot = ledger.snapshot()
        assert [row.party for row in snapshot.records("entry")] == [
            "ann", "ann", "bob", "bob"]
        news = list(snapshot.records("entry", since=position))
        assert len(news) == 1 and news[0].document == "=1+1"
        assert [row.role for row in snapshot.records("role")] == ["fan"]
        raises(custcap.InvalidError, snapshot.records, "entries",
               words="entry")
        assert "party" in custcap.record_fields("entry")
        for record in custcap.RECORDS:
            assert custcap.record_fields(record), record


def test_taxonomy(folder):
    """Walk the roles; a host's own word stands where its parent does."""
    with shop(folder) as ledger:
        ledger.post("definition", {"kind": "role", "code": "fan.captain",
                                   "parent": "fan", "en": "Captain",
                                   "data": {"circle": 3}})
        words = ledger.taxonomy()
    captain = words["role", "fan.captain"]
    assert captain.label() == captain.label("zh") == "Captain"
    assert captain.member("circle") == 3
    assert captain.member("layer") == words["role", "fan"].member("layer")
    assert captain.is_a(words["role", "fan"])
    assert captain in list(words["role", "fan"].walk())
    assert not words["role", "fan"].is_a(captain)
    assert {word.code for word in words.roots("role")} >= {
        "consumer", "member", "fan", "channel", "investor", "internal"}
    assert words["unit", "JPY"].scale == 0 and captain.scale is None
    assert len(words) > len(custcap.Taxonomy()) > 100
    raises(custcap.NotFoundError, words.__getitem__, ("role", "nobody"))
    raises(custcap.InvalidError, words.find, "rolle", "fan")


def test_may_ask(folder):
    # The fourth ask waits until the first, of 1 January, is 30 days old.
    with custcap.create(folder / "asks.ledger") as ledger:
        ledger.post("event", [{"party": "u3", "kind": "ask",
                               "day": f"2024-01-0{day}"}
                              for day in (1, 4, 8)])
        snapshot = ledger.snapshot()
        party = ledger.party("u3")
        asked = snapshot.may_ask(party, "research",
                                 at="2024-01-11T00:00:00Z")
        assert not asked
        assert asked.reason == "ask-cap: 3 asks in 30 days, 3 allowed"
        assert asked.again == datetime.datetime(
            2024, 1, 31, tzinfo=datetime.timezone.utc)
        assert snapshot.may_ask(party, at=asked.again) == (True, None, None)
        assert snapshot.may_ask(party).may
        raises(custcap.InvalidError, snapshot.may_ask, 0)


def test_ways_out(folder):
    """CSV, JSON, text and HTML; to a file, a path, or as a str."""
    with shop(folder) as ledger:
        table = ledger.measure("revenue.retention")
    text = table.write(format="csv")
    assert text.splitlines()[2].startswith("2024-02,0.8,12000,15000")
    table.write(folder / "t.csv")
    assert (folder / "t.csv").read_bytes() == text.encode()
    binary, words = io.BytesIO(), io.StringIO()
    table.to_csv(binary)
    table.to_csv(words)
    assert binary.getvalue().decode() == words.getvalue() == text
    bare = table.to_csv(header=False)
    assert text.endswith(bare) and "period" not in bare
    assert len(json.loads(table.to_json())["rows"]) == 2
    assert "80.0%" in str(table) and "80.0%" in table._repr_html_()
    raises(custcap.InvalidError, table.write, format="xml")


def test_html_is_escaped(folder):
    """A name can't break out of its cell."""
    with custcap.create(folder / "x") as ledger:
        ledger.post("entry", {"party": "<script>alert(1)</script>&\"",
                              "day": "2024-01-01", "amount": 1})
        page = ledger.measure("customer.summary")._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_merge_and_sort(folder):
    """Two shards add up to the whole, in any order."""
    with custcap.create(folder / "1", unit="EUR") as one, \
            custcap.create(folder / "2", unit="EUR") as two, shop(folder) \
            as whole:
        one.post("entry", ENTRIES[:2])
        two.post("entry", ENTRIES[2:])
        window = {"from_": "2024-01-01", "to": "2024-03-01"}
        parts = [shard.measure("revenue.retention", **window)
                 for shard in (one, two)]
        expected = whole.measure("revenue.retention", **window).to_csv()
    assert custcap.Table.merge(parts).to_csv() == expected
    assert custcap.Table.merge(parts[::-1]).to_csv() == expected
    down = parts[0].sorted("period", descending=True, limit=1)
    assert [row.period for row in down] == ["2024-02"]
    raises(custcap.InvalidError, custcap.Table.merge, [1])


def test_values_travel():
    """Ratios and rows can be copied and pickled."""
    ratio = custcap.Ratio(12000, 7, 2)
    assert ratio == Fraction(12000, 700) and ratio + 1 == ratio + 1
    again = pickle.loads(pickle.dumps(ratio))
    assert (again, again.num, again.den) == (ratio, 12000, 7)
    assert repr(again) == "Ratio(12000, 7, 2)"
    assert custcap.Ratio(0, 5) == 0 and not custcap.Ratio(0, 5)


def test_catalogue():
    """Measures list themselves."""
    names = custcap.measures()
    assert names == sorted(names) and "capital.structure" in names
    assert custcap.about("revenue.movements")["version"].isdigit()
    raises(custcap.NotFoundError, custcap.about, "x.y")


if __name__ == "__main__":
    checks.run_all(globals(), "package")
