#!/usr/bin/env python3
"""hostile: wrong types, closed and forked handles, threads, damaged Arrow,
a library of another ABI: each a clear exception, never a crash.

What may crash runs in a process of its own, whose exit status is looked at.
"""
import ctypes
import gc
import os
import subprocess
import sys
import threading

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402
from python_checks import raises  # noqa: E402
import custcap  # noqa: E402
from custcap import _arrow  # noqa: E402

ENTRY = {"party": "ann", "day": "2024-01-15", "amount": 100}


def test_wrong_types(folder):
    """A value of the wrong kind names its row and field."""
    with custcap.create(folder / "w") as ledger:
        def post(**fields):
            return raises(custcap.RequestError, ledger.post, "entry",
                          [ENTRY, {**ENTRY, **fields}])

        for name, value in [("amount", 1.5), ("amount", float("inf")),
                            ("amount", object()), ("amount", [1]),
                            ("day", 20240115), ("day", "15.1.2024"),
                            ("day", "2024-02-30"), ("unit", "XQX"),
                            ("amount", "1.005"), ("party", b"\xff\xfe"),
                            ("party", "\ud800"), ("code", "nonsense"),
                            ("amount", "9" * 30), ("prior", "perhaps")]:
            problem = post(**{name: value})
            assert problem.field == name, (name, value, problem.field)
            assert problem.row == 1, (name, value, problem.row)
        for data in (17, "ann", None, [1], [["ann"]], [None], object()):
            raises(custcap.InvalidError, ledger.post, "entry", data)
        raises(custcap.InvalidError, ledger.post, "entry", {**ENTRY, "x": 1},
               words="no field x")
        raises(custcap.InvalidError, ledger.post, "entry",
               {"party": "ann", "day": "2024-01-01"}, words="amount")
        raises(custcap.InvalidError, ledger.post, 7, ENTRY)
        raises(custcap.InvalidError, ledger.post, "entry", ENTRY,
               rounding="up", words="half-even")
        raises(custcap.InvalidError, ledger.party, None)
        raises(custcap.InvalidError, ledger.undo, "last")
        raises(custcap.InvalidError, ledger.undo, 2**70)
        raises(custcap.InvalidError, ledger.close_books, 20240115)
        raises(custcap.InvalidError, custcap.open, folder / "w",
               busy_timeout=-1)
        raises(custcap.InvalidError, custcap.open, "a\0b", words="NUL")
        raises(TypeError, custcap.open, 7)
        problem = raises(custcap.InvalidError, ledger.post, "entry", 17)
        assert (problem.status, problem.name) == (10, "INVALID")
        import pickle
        again = pickle.loads(pickle.dumps(post(day="2024-02-30")))
        assert (again.row, again.field, again.status) == (1, "day", 10)
        assert ledger.head().position == 1, "nothing was written"


def test_files_that_are_not_ledgers(folder):
    """Nothing, something else, a damaged ledger, an existing path."""
    (folder / "text").write_text("not a ledger\n" * 1000)
    raises(custcap.NotFoundError, custcap.open, folder / "none")
    raises(custcap.NotALedgerError, custcap.open, folder / "text")
    raises(custcap.InvalidError, custcap.create, folder / "text")
    raises(custcap.RequestError, custcap.create, folder / "z", zone="Mars")
    raises(custcap.InvalidError, custcap.create, folder / "z", unit="nope")
    with custcap.create(folder / "d") as ledger:
        ledger.post("entry", [{**ENTRY, "amount": i} for i in range(3000)])
    data = bytearray((folder / "d").read_bytes())
    for place in range(len(data) // 2, len(data) // 2 + 20000, 97):
        data[place] ^= 0x55
    (folder / "d").write_bytes(data)

    def use():
        with custcap.open(folder / "d") as ledger:
            ledger.verify()

    raises(custcap.DamageError, use)


def test_closed(folder):
    """Everything says so after close(), which may be called twice."""
    ledger = custcap.create(folder / "c")
    ledger.post("entry", ENTRY)
    batch, snapshot = ledger.batch(), ledger.snapshot()
    table, words = snapshot.measure("revenue.movements"), ledger.taxonomy()
    query = custcap.Query(limit=1)
    word = words["role", "fan"]
    batch.add("entry", ENTRY)
    ledger.close()
    ledger.close()
    assert ledger.closed and not snapshot.closed
    for call in (ledger.head, ledger.snapshot, ledger.batch, ledger.verify,
                 batch.commit, batch.check, ledger.__enter__):
        raises(custcap.MisuseError, call, words="closed")
    assert len(snapshot.measure("revenue.movements", query)) == 1
    for handle in (batch, snapshot, table, words, query):
        handle.close()
        handle.close()
        assert handle.closed and repr(handle)
    raises(custcap.MisuseError, snapshot.measure, "revenue.movements")
    raises(custcap.MisuseError, snapshot.records, "entry")
    raises(custcap.MisuseError, iter, table)
    raises(custcap.MisuseError, table.write)
    raises(custcap.MisuseError, table["new"].to_list)
    raises(custcap.MisuseError, word.label)
    raises(custcap.MisuseError, table.__arrow_c_stream__)


def test_any_order_of_collection(folder):
    """Objects may be let go of in any order, also in a cycle."""
    for _ in range(20):
        ledger = custcap.create(folder / f"g{_}")
        batch, snapshot = ledger.batch(), ledger.snapshot()
        batch.add("entry", ENTRY)
        batch.commit()
        cycle = [ledger, batch, snapshot, snapshot.taxonomy(),
                 snapshot.records_table("entry")]
        cycle.append(cycle)
        del ledger, batch, snapshot, cycle
        gc.collect()


def test_no_copies_of_handles(folder):
    """Handles can't be pickled, copied or made by hand."""
    import copy
    with custcap.create(folder / "p") as ledger:
        raises(TypeError, copy.copy, ledger, words="can't be pickled")
    raises(TypeError, custcap.Table)


def test_fork(folder):
    """A child's use of its parent's ledger is refused; tables are read."""
    done = checks.python(f"""
import os, sys, custcap, gc
ledger = custcap.create({str(folder / 'f')!r})
ledger.post("entry", {ENTRY!r})
batch, snapshot = ledger.batch(), ledger.snapshot()
table, view = snapshot.measure("revenue.movements"), None
child = os.fork()
if child == 0:
    code = 0
    for call in (ledger.head, batch.commit, ledger.snapshot,
                 lambda: snapshot.measure("revenue.movements"),
                 lambda: ledger.post("entry", {ENTRY!r})):
        try:
            call()
            code = 1
        except custcap.MisuseError as problem:
            code |= 0 if "fork" in str(problem) else 2
    code |= 0 if table[0].new == 100 else 4
    with custcap.open({str(folder / 'f')!r}) as own:
        code |= 0 if own.head().position == 2 else 8
    del ledger, batch, snapshot, table
    gc.collect()
    sys.exit(code)
_, status = os.waitpid(child, 0)
assert status == 0, status
ledger.post("entry", {ENTRY!r})
ledger.verify()
print("fine")
""")
    assert done.stdout == "fine\n", (done.returncode, done.stderr)


def test_threads_share_a_ledger(folder):
    """Calls of several threads queue up; snapshots don't."""
    problems = []
    with custcap.create(folder / "t") as ledger:
        def work(number):
            try:
                for i in range(15):
                    ledger.post("entry", {**ENTRY, "party": f"p{number}",
                                          "amount": i})
                    snapshot = ledger.snapshot()
                    snapshot.measure("revenue.movements")
                    ledger.head()
            except Exception as problem:  # seen below
                problems.append(problem)

        threads = [threading.Thread(target=work, args=[i]) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not problems, problems
        assert ledger.measure("revenue.movements")[0].closing == 4 * 105
        shared = ledger.snapshot()
        closers = [threading.Thread(target=shared.measure,
                                    args=["revenue.movements"])
                   for _ in range(4)]
        for thread in closers:
            thread.start()
        ledger.close()
        for thread in closers:
            thread.join()


def test_keyboard_interrupt(folder):
    """Ctrl-C stops a long call, which undoes what it must."""
    done = checks.python(f"""
import custcap, signal, os
ledger = custcap.create({str(folder / 'i')!r})
ledger.post("entry", [dict({ENTRY!r}, amount=i) for i in range(3000)])
head = ledger.head()
try:
    ledger.verify(progress=lambda d, t: os.kill(os.getpid(), signal.SIGINT))
except KeyboardInterrupt:
    pass
ledger.verify()
assert ledger.head() == head
print("fine")
""")
    assert done.stdout == "fine\n", (done.returncode, done.stderr)


# --- Arrow ------------------------------------------------------------------

class Liar:
    """An object that gives what it was given as its stream."""

    def __init__(self, given):
        self.given = given

    def __arrow_c_stream__(self, requested_schema=None):
        return self.given() if callable(self.given) else self.given


def honest():
    """A stream of two entries."""
    return _arrow.of_columns({"party": ["a", "b"],
                              "day": ["2024-01-01", "2024-01-02"],
                              "amount": ["1", "2"]})


def test_not_a_capsule(folder):
    """Something else where a capsule is expected."""
    with custcap.create(folder / "n") as ledger:
        for given in (None, 7, "stream", b"x", object()):
            raises(custcap.InvalidError, ledger.post, "entry", Liar(given),
                   words="arrow_array_stream")

        def fails():
            raise OSError("the source is gone")

        raises(OSError, ledger.post, "entry", Liar(fails))
        other = _arrow._capsule_new(8, b"arrow_schema", None)
        raises(custcap.InvalidError, ledger.post, "entry", Liar(other))


def test_a_stream_is_taken_once(folder):
    """A stream that was used, or released early, is refused."""
    with custcap.create(folder / "o") as ledger:
        stream = honest()
        capsule = _arrow.capsule(stream)
        assert ledger.post("entry", Liar(capsule)).records_new == 2
        assert stream.release is None, "it was released"
        assert not _arrow._lent, "and all that it lent"
        raises(custcap.InvalidError, ledger.post, "entry", Liar(capsule))
        raises(custcap.InvalidError, custcap.Table.from_arrow, Liar(capsule))
        empty = _arrow.Stream()
        raises(custcap.InvalidError, ledger.post, "entry",
               Liar(lambda: _arrow.capsule(empty)))


def damaged(change):
    """A stream whose arrays were changed after they were laid out."""
    columns = [_arrow._of_list("party", ["a", "b"]),
               _arrow._of_list("day", ["2024-01-01", "2024-01-02"]),
               _arrow._of_list("amount", ["1", "2"])]
    producer = _arrow.Producer(columns)
    inner = producer._next

    def lies(stream, address):
        status = inner(stream, address)
        out = _arrow.Array.from_address(address)
        if out.release:
            change(out, _arrow.Array.from_address(out.children[0]))
        return status

    producer._kept = _arrow._GET(lies)
    stream = producer.stream()
    stream.get_next = _arrow._address(producer._kept)
    return stream


def test_damaged_arrays(folder):
    """Wrong counts, lengths and offsets: refused, and nothing written."""
    offsets = ctypes.POINTER(ctypes.c_int64)

    def descend(_out, child):
        ctypes.cast(child.buffers[1], offsets)[1] = -5

    def far(_out, child):
        ctypes.cast(child.buffers[1], offsets)[1] = 1 << 40

    changes = [
        lambda out, child: setattr(out, "length", -1),
        lambda out, child: setattr(out, "n_children", 2),
        lambda out, child: setattr(child, "length", 1),
        lambda out, child: setattr(child, "n_buffers", 1),
        lambda out, child: setattr(child, "offset", -3),
        lambda out, child: setattr(child, "null_count", 2),
        descend, far]
    with custcap.create(folder / "d") as ledger:
        before = ledger.head()
        for place, change in enumerate(changes):
            try:
                ledger.post("entry", Liar(
                    lambda: _arrow.capsule(damaged(change))))
            except custcap.Error:
                assert ledger.head() == before, place
            else:
                assert place == 5, f"change {place} was taken"
                before = ledger.head()
        ledger.verify()


def test_a_stream_that_fails(folder):
    """What get_next returns is an error, and nothing is written."""
    with custcap.create(folder / "e") as ledger:
        producer = _arrow.Producer([_arrow._of_list("party", ["a"])])
        producer._kept = _arrow._GET(lambda stream, out: 5)
        stream = producer.stream()
        stream.get_next = _arrow._address(producer._kept)
        raises(custcap.Error, ledger.post, "entry",
               Liar(lambda: _arrow.capsule(stream)))
        assert ledger.head().position == 1


def test_capsules_nobody_takes(folder):
    """A consumer that fails keeps its own exception."""
    with custcap.create(folder / "u") as ledger:
        ledger.post("entry", ENTRY)
        table = ledger.measure("revenue.movements")
    raises(TypeError, lambda: int(table.__arrow_c_stream__()), words="int()")
    again = custcap.Table.from_arrow(table)
    assert list(again) == list(table) and again.names == table.names


# --- other libraries ----------------------------------------------------------

def compiled(folder, name, source):
    """A shared library of a few lines, or a skip without a compiler."""
    path = folder / f"{name}.so"
    (folder / f"{name}.c").write_text(source)
    compiler = os.environ.get("CC", "cc")
    try:
        subprocess.run([compiler, "-shared", "-fPIC", "-o", path,
                        folder / f"{name}.c"], check=True,
                       capture_output=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise checks.Skip(f"no compiler: {problem}") from None
    return path


def refused(library, words, kind="AbiError"):
    """Importing must fail with that exception and those words."""
    done = checks.python(f"""
import sys
try:
    import custcap
except ImportError as problem:
    print(type(problem).__name__, problem)
""", CUSTCAP_LIBRARY=str(library))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(kind), done.stdout
    for word in words:
        assert word in done.stdout, (word, done.stdout)


def test_library_of_another_abi(folder):
    """Another version, no version, missing functions, another layout."""
    for name, text in [("older", "0.0.9"), ("next", "1.0.0"),
                       ("odd", "newest")]:
        refused(compiled(folder, name,
                         'const char *custcap_version(void) '
                         f'{{ return "{text}"; }}\n'),
                [text, "made for 0.1"])
    refused(compiled(folder, "none", "int x;\n"), ["is not libcustcap"])
    refused(compiled(folder, "few", 'const char *custcap_version(void) '
                     '{ return "0.1.0"; }\n'),
            ["lacks functions", "custcap_batch_new"])
    everything = "".join(
        f"void {name}(void) {{}}\n" for name in custcap._prototypes.FUNCTIONS
        if name not in ("custcap_version", "custcap_entry_init"))
    refused(compiled(folder, "small", everything + """
const char *custcap_version(void) { return "0.9.3"; }
void custcap_entry_init(unsigned long long *size) { *size = 8; }
"""), ["struct custcap_"])


def test_library_not_found(folder):
    """Every path tried is listed."""
    refused(folder / "nowhere.so", ["nowhere.so", "no such file",
                                    "CUSTCAP_LIBRARY"], "LibraryError")
    (folder / "text.so").write_text("not a library")
    refused(folder / "text.so", ["text.so"], "LibraryError")
    done = checks.python("""
import os
del os.environ["CUSTCAP_LIBRARY"]
try:
    import custcap
    print(custcap.library_path())
except ImportError as problem:
    print(len(problem.tried), problem)
""")
    words = done.stdout
    assert "libcustcap.so.0" in words, done.stderr
    if words.startswith("2 "):
        assert str(checks.PACKAGE / "custcap" / "libcustcap.so.0") in words


if __name__ == "__main__":
    checks.run_all(globals(), "hostile")
