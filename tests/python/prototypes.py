#!/usr/bin/env python3
"""prototypes: the package and the headers say the same.

_prototypes.py is what tools/python-prototypes makes of bindings/api.json;
every status has an exception, every handle a class, every public name help,
and every example of the help runs.
"""
import doctest
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402
import custcap  # noqa: E402
from custcap import _errors, _nouns  # noqa: E402
from custcap import _prototypes as proto  # noqa: E402
from custcap._handle import Handle  # noqa: E402

API = json.loads((checks.ROOT / "bindings/api.json").read_text())


def test_prototypes_are_fresh():
    """Made again, they are the same bytes."""
    made = subprocess.run(
        [sys.executable, checks.ROOT / "tools/python-prototypes", "-"],
        capture_output=True, check=True).stdout
    kept = (checks.PACKAGE / "custcap/_prototypes.py").read_bytes()
    assert made == kept, "run tools/python-prototypes"


def test_every_function_is_declared():
    """Names, parameters and structs of the description, all of them."""
    assert list(proto.FUNCTIONS) == [one["name"] for one in API["functions"]]
    for one in API["functions"]:
        function = proto.FUNCTIONS[one["name"]]
        assert len(function.argtypes) == len(one["parameters"]), one["name"]
    for one in API["constants"]:
        assert getattr(proto, one["name"]) == one["value"], one["name"]
    for name, (kind, _) in proto.STRUCTS.items():
        fields = next(one["fields"] for one in API["structs"]
                      if one["name"] == name)
        for field in fields:
            there = getattr(kind, field["name"])
            assert (there.offset, there.size) == (
                field["offset"], field["size"]), (name, field["name"])


def test_every_status_has_an_exception():
    """By the header's own list; families above, statuses within."""
    statuses = {one["name"]: one["value"] for one in API["constants"]
                if one["header"] == "status.h"
                and not one["name"].startswith("CUSTCAP_VERSION_")
                and one["value"] != 0}
    statuses.pop("CUSTCAP_API", None)
    assert len(statuses) >= 20
    for name, value in statuses.items():
        kind = _errors._CLASSES.get(value)
        assert kind is not None, f"{name} has no exception"
        assert issubclass(kind, _errors._FAMILIES[value // 10]), name
        assert _errors.error_class(value) is kind
    assert _errors.error_class(19) is custcap.RequestError
    assert _errors.error_class(75) is custcap.Error


def test_every_handle_has_a_class():
    """Those without one of their own get one made from the header."""
    for handle in API["handles"]:
        if handle["name"] == "custcap_error":
            continue
        name = _nouns.class_name(handle["name"])
        kind = getattr(custcap, name)
        assert kind._free == handle["name"] + "_free"
        assert f"{handle['name']}_free" in proto.FUNCTIONS


def test_no_class_hides_what_handles_have():
    """closed, close and the rest mean the same everywhere: a method of that
    name would have every batch say that its ledger is closed."""
    names = {name for name in vars(Handle) if not name.startswith("_")}
    assert {"closed", "close"} <= names
    for handle in API["handles"]:
        if handle["name"] != "custcap_error":
            kind = getattr(custcap, _nouns.class_name(handle["name"]))
            for name in names & set(vars(kind)):
                old, new = vars(Handle)[name], vars(kind)[name]
                assert type(new) is type(old), (kind, name)
                assert isinstance(new, property) or inspect.signature(
                    new) == inspect.signature(old), (kind, name)


def test_books_are_closed(folder):
    """The position as closed is the head when the day was closed."""
    with custcap.create(folder / "b") as ledger:
        ledger.post("entry", {"party": "a", "day": "2024-01-05",
                              "amount": 10})
        checks.raises(custcap.NotFoundError, ledger.books_closed,
                      "2024-01-31")
        before = ledger.head().position
        ledger.close_books("2024-01-31")
        ledger.post("entry", {"party": "a", "day": "2024-01-06",
                              "amount": 1, "prior": True})
        at = ledger.books_closed("2024-01-31")
        assert before <= at <= before + 1, (before, at)
        kept = ledger.measure("revenue.movements", as_known=at)
        assert kept[0].new == 10, kept


def test_made_classes_work(folder):
    """A class made from the header does what the one by hand does."""
    kept = dict(_nouns._classes)
    try:
        for noun in ("custcap_ledger", "custcap_taxonomy",
                     "custcap_snapshot", "custcap_table"):
            _nouns._classes[noun] = _nouns.make(noun)
        words = _nouns._classes["custcap_taxonomy"].new()
        fan = words.find(3, "fan")
        assert words.label(fan, language="zh") == "粉丝"
        assert words.code(fan) == "fan" and words.is_a(fan, fan) == 1
        ledger = _nouns._classes["custcap_ledger"].create(
            str(folder / "g"), {"unit": "EUR"})
        assert ledger.unit() == "EUR" and ledger.head()["position"] == 1
        snapshot = _nouns._classes["custcap_snapshot"].open(ledger)
        table = snapshot.measure("revenue.retention")
        assert table.columns() == 5 and table.find("quick") == 4
        assert table.column_name(0) == "period"
        for call in (lambda: ledger.undo(99),
                     lambda: snapshot.measure("none.such")):
            checks.raises(custcap.NotFoundError, call)
        checks.raises(custcap.InvalidError, snapshot.measure, 7)
        checks.raises(TypeError, snapshot.measure, "a", "b", "c", "d")
        checks.raises(TypeError, snapshot.measure, "a", mesure="b")
        assert ledger.undo.__doc__.startswith("undo(position)")
        ledger.close_(19000)
        ledger.close()
        checks.raises(custcap.MisuseError, ledger.head)
    finally:
        _nouns._classes.clear()
        _nouns._classes.update(kept)


def test_versions_agree():
    """The header, the package, its metadata and the library."""
    header = ".".join(map(str, proto.VERSION))
    project = (checks.PACKAGE / "pyproject.toml").read_text()
    written = re.search(r'^version = "(.*)"$', project, re.M).group(1)
    assert header == custcap.__version__ == custcap.version() == written
    assert custcap.library_path() == str(checks.LIBRARY)


def test_help_of_every_public_name():
    """Every class, method and function says what it is about."""
    silent = []
    for name in custcap.__all__:
        thing = getattr(custcap, name)
        if not callable(thing):
            continue
        if not inspect.getdoc(thing):
            silent.append(name)
        if not inspect.isclass(thing):
            continue
        for part, member in vars(thing).items():
            shown = callable(member) or isinstance(member, property)
            if not part.startswith("_") and shown:
                if not inspect.getdoc(getattr(thing, part)):
                    silent.append(f"{name}.{part}")
    assert not silent, silent


def test_examples_of_the_help_run():
    """doctest of every module, on a small shop."""
    with tempfile.TemporaryDirectory() as folder:
        with custcap.create(folder + "/shop") as ledger:
            ledger.post("entry", [
                {"party": "ann", "day": "2024-01-15", "amount": 100},
                {"party": "ann", "day": "2024-02-15", "amount": 120},
                {"party": "bob", "day": "2024-01-20", "amount": 50}])
            more = {"ledger": ledger, "example": ledger.snapshot()}
            failed = tried = 0
            for module in modules():
                names = {**vars(custcap), **vars(module), **more}
                outcome = doctest.testmod(module, globs=names)
                failed += outcome.failed
                tried += outcome.attempted
    assert failed == 0 and tried >= 15, (failed, tried)


def modules():
    """The package and all its modules."""
    yield custcap
    for one in pkgutil.iter_modules(custcap.__path__):
        try:
            yield __import__(f"custcap.{one.name}", fromlist=["x"])
        except ImportError as problem:
            assert "has no models" in str(problem), problem


def test_modules_are_small():
    """No file outgrows its reader, but the one that is made."""
    for path in (checks.PACKAGE / "custcap").glob("*.py"):
        lines = path.read_text().splitlines()
        long = [line for line in lines if len(line) > 80]
        if path.name != "_prototypes.py":
            assert len(lines) <= 600 and not long, (path.name, long)


if __name__ == "__main__":
    checks.run_all(globals(), "prototypes")
