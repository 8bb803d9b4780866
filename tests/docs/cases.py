#!/usr/bin/env python3
"""cases - every measure and guard of the catalogue has a case somewhere.

A case is a test that names it: in tests/acceptance, tests/oracle, tests/unit
or tests/people; the golden answers do not count, for they are our own output.
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def names():
    for path in sorted(glob.glob(os.path.join(ROOT, "lib/measures/*/*.sql"))):
        family, name = path[:-4].split(os.sep)[-2:]
        yield name if family == "guards" else f"{family}.{name}"


def cases():
    """Every name that stands in quotes in a test."""
    found = set()
    for folder in ("acceptance", "oracle", "unit", "models", "python"):
        for path in glob.glob(os.path.join(ROOT, "tests", folder, "*")):
            if path.endswith((".py", ".c", ".h", ".sh")):
                with open(path, encoding="utf-8") as file:
                    found.update(re.findall(r"[a-z]+[a-z_.-]*[a-z]",
                                            file.read()))
    return found


tested = cases()
missing = [name for name in names() if name not in tested]
if missing:
    print("not ok docs/cases no test names", ", ".join(missing))
    sys.exit(1)
print(f"ok docs/cases ({sum(1 for _ in names())} measures and guards)")
