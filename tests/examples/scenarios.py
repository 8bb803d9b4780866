#!/usr/bin/env python3
"""Every scenario of examples/scenarios, run where its files were copied, and
what it prints compared with `expected`, whose figures are added up by hand in
its why.md.  The table of README.md and the folders are held together, too.

Part of a name as an argument runs only the scenarios that have it in theirs.
"""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
# pylint: disable=wrong-import-position
from harness import CUSTCAP, ROOT, Report, file_bytes, same  # noqa: E402

FOLDER = os.path.join(ROOT, "examples", "scenarios")
NEEDED = ("run", "expected", "why.md")
# How many systems the articles have, where all of them are there.
SYSTEMS = {"a": 21, "b": 21}


def scenarios():
    return sorted(name for name in os.listdir(FOLDER)
                  if os.path.isdir(os.path.join(FOLDER, name)))


def table():
    """{folder: (section, ids)} of the rows of README.md."""
    rows, section = {}, ""
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        for line in file:
            section = line[3].lower() if line.startswith("## ") else section
            cells = [cell.strip() for cell in line.strip().split("|")[1:-1]]
            if len(cells) < 4 or cells[0] in ("system", "---"):
                continue
            assert len(cells) == 4 and all(cells), f"four cells, not {line!r}"
            folder = re.fullmatch(r"\[([a-e]-[a-z0-9-]+)\]\(\1/\)", cells[2])
            assert folder, f"no link to a folder: {cells[2]}"
            assert folder[1] not in rows, f"{folder[1]} is there twice"
            rows[folder[1]] = (section, cells[1].split())
    return rows


def run(name, place):
    """What a scenario prints, run in a copy of its folder."""
    shutil.copytree(os.path.join(FOLDER, name), place)
    done = subprocess.run(
        ["sh", "run"], cwd=place, stdin=subprocess.DEVNULL, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
        env={**os.environ, "CUSTCAP": CUSTCAP, "LC_ALL": "C", "TZ": "UTC"})
    said = done.stderr.decode(errors="replace")[:400]
    assert done.returncode == 0, f"exit {done.returncode}: {said}"
    return done.stdout


def compare(name, place, expected):
    printed = run(name, place)
    assert printed.strip(), "it prints nothing"
    same(printed, expected, name)


def expected_of(name):
    return file_bytes(os.path.join(FOLDER, name, "expected"))


def prints_what_is_expected(name, report):
    compare(name, report.path(name), expected_of(name))


def a_wrong_figure_is_noticed(name, report):
    """The last digit of what is expected is another one: that has to fail."""
    text = expected_of(name)
    at = max(i for i, byte in enumerate(text) if chr(byte).isdigit())
    digit = str((int(chr(text[at])) + 1) % 10).encode()
    try:
        compare(name, report.path(name + "-wrong"),
                text[:at] + digit + text[at + 1:])
    except AssertionError:
        return
    raise AssertionError("nobody noticed")


def folders_and_table_are_one():
    rows, folders = table(), scenarios()
    assert sorted(rows) == folders, \
        f"only in one of the two: {sorted(set(rows) ^ set(folders))}"
    for section, count in SYSTEMS.items():
        there = sum(name.startswith(section + "-") for name in folders)
        assert there == count, f"{section}: {there} systems of {count}"
    for name, (section, ids) in rows.items():
        assert name[0] == section, f"{name} stands in section {section}"
        there = os.listdir(os.path.join(FOLDER, name))
        missing = [file for file in NEEDED if file not in there]
        assert not missing, f"{name} has no {missing}"
        why = file_bytes(os.path.join(FOLDER, name, "why.md")).decode()
        unnamed = [word for word in ids if word not in why]
        assert ids and not unnamed, f"{name}/why.md does not name {unnamed}"
        for word in ids:
            assert re.fullmatch(r"[A-E]-\d\d", word), f"{name}: {word}"


def main():
    report = Report("examples")
    wanted = sys.argv[1:] or [""]
    for name in scenarios():
        if any(part in name for part in wanted):
            report.test(f"scenarios/{name}", prints_what_is_expected, name,
                        report)
    report.test("scenarios-table", folders_and_table_are_one)
    if scenarios():
        report.test("scenarios-control", a_wrong_figure_is_noticed,
                    scenarios()[0], report)
    report.finish()


main()
