#!/usr/bin/env python3
"""features - every id of the requirements is answered by something and shown
to hold by a test; custcap_features(7) says which (tests/docs/manual.py sees
that it is fresh).

The convention: a test's function is named by the ids it checks, and then by
what it checks: b_12_b_26_rollups_over_trees.  Whether it passes is for the run
of the tests to say; here is seen that it is run at all.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
import features  # pylint: disable=wrong-import-position

FAILED = []
# How many each of the five articles has: 137.
COUNTS = {"A": 29, "B": 28, "C": 20, "D": 35, "E": 25}
DATA = pathlib.Path(os.environ.get("CUSTCAP_TEST_DATA", "../shared/data"))


def say(wrong, name):
    wrong = list(wrong)
    print(f"not ok docs/features {name}: {', '.join(wrong[:8])}"[:400]
          if wrong else f"ok docs/features {name}")
    if wrong:
        FAILED.append(name)


def unanswered(root=ROOT, calls=None):
    measures, guards = features.served(root)
    calls = features.CALLS if calls is None else calls
    return [one for one in features.what()
            if not any(one in of for of in (measures, guards, calls))]


def untested(root=ROOT):
    found, _ = features.tests(root)
    return [one for one in features.what() if one not in found]


def unknown(root=ROOT):
    """Ids that something names and that there are not."""
    measures, guards = features.served(root)
    found, _ = features.tests(root)
    return sorted({*measures, *guards, *found, *features.CALLS}
                  - features.what().keys())


def not_in_a_day():
    found, _ = features.tests()
    return [one for one in features.what()
            if not any("/days_" in file for file, _ in found.get(one, []))]


def unknown_calls():
    api = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
    known = {f"{f['name']}()" for f in api["functions"]}
    command = pathlib.Path(os.environ.get("B", "build")) / "custcap"
    told = subprocess.run([command, "help"], capture_output=True, text=True,
                          check=True).stdout
    known |= {f"custcap {name}" for name in
              re.findall(r"^  ([a-z]+)", told, re.M)}
    return sorted({call for calls in features.CALLS.values()
                   for call in calls} - known)


def test_ids():
    ids = list(features.what())
    say((f"{letter} has {sum(i[0] == letter for i in ids)}, not {count}"
         for letter, count in COUNTS.items()
         if sum(i[0] == letter for i in ids) != count), "there are 137 ids")
    page = DATA.parent / "REQUIREMENTS.md"
    if not page.is_file():
        print("skip docs/features ids of the requirements - no page of them")
        return
    asked = re.findall(r"^\|([A-E]-\d\d)\|", page.read_text("utf-8"), re.M)
    say(set(asked) ^ set(ids), "they are those of the requirements")


def test_gaps_are_noticed():
    """Of a tree with a measure for A-01 and A-99, and a test of A-02 that
    nothing runs, all but what it has is found to be missing."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "lib/measures/x").mkdir(parents=True)
        (root / "lib/measures/x/y.sql").write_text(
            "-- title: T\n-- requirements: A-01\n--   A-99\nSELECT 1\n")
        (root / "tests/x").mkdir(parents=True)
        (root / "tests/x/z.py").write_text(
            "def a_01_b_02_two():\n    pass\n\n\ndef a_02_idle():\n    pass\n"
            "\n\ndef A03_odd():\n    pass\n\n\n"
            "TESTS = [a_01_b_02_two, A03_odd]\n")
        ids = list(features.what())
        found, idle = features.tests(root)
        wrong = []
        if unanswered(root, {}) != [i for i in ids if i != "A-01"]:
            wrong.append("an id without a measure")
        if untested(root) != [i for i in ids if i not in ("A-01", "B-02")]:
            wrong.append("an id without a test")
        if unknown(root) != ["A-99"]:
            wrong.append("an id there is not")
        if idle != ["z.py: A03_odd", "z.py: a_02_idle"] or "A-02" in found:
            wrong.append("a test that is not run")
        say(wrong, "gaps are noticed")


def main():
    test_ids()
    say(unanswered(), "every id has a measure, a guard or a call")
    say(untested(), "every id has a test")
    say(not_in_a_day(), "every id is checked in an acceptance day")
    say(features.tests()[1], "tests named by ids are named so, and run")
    say(unknown(), "every id that is named is one")
    say(unknown_calls(), "every call there is said to be is there")
    test_gaps_are_noticed()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
