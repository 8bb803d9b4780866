#!/usr/bin/env python3
"""The command line: grammar, exit codes, and what goes where.

Other tests of the command import this file for its helpers.  Expected
numbers are worked out by hand in the comments, never taken from output.
"""
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("B", "build"))
COMMAND = os.path.join(BUILD, "custcap")
results = []


def run(*arguments, stdin=b"", **more):
    """Runs the command; .code, .out and .err (texts)."""
    done = subprocess.run([COMMAND, *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=600, **more)
    done.code = done.returncode
    done.out = done.stdout.decode("utf-8", "replace")
    done.err = done.stderr.decode("utf-8", "replace")
    return done


def good(*arguments, **more):
    """Runs the command, which has to succeed."""
    done = run(*arguments, **more)
    if done.code != 0:
        raise AssertionError(f"{arguments}: exit {done.code}: {done.err}")
    return done


def rows(*arguments, **more):
    """The rows of a CSV answer, as dictionaries of texts."""
    done = good(*arguments, "--format=csv", **more)
    return list(csv.DictReader(io.StringIO(done.out)))


def write(name, content):
    mode = "wb" if isinstance(content, bytes) else "w"
    more = {} if mode == "wb" else {"encoding": "utf-8", "newline": ""}
    with open(name, mode, **more) as file:
        file.write(content)
    return name


def same(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def holds(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def main(tests):
    """Runs functions in a folder of their own each; prints a line each."""
    failed = 0
    for test in tests:
        failed += folder_of([test])
    return failed != 0


def one_store(tests):
    """Runs functions one after the other in one folder, so in one ledger."""
    return folder_of(tests) != 0


def folder_of(tests):
    """Runs functions in a new folder; how many failed."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.getcwd()
        os.chdir(folder)
        try:
            return sum(outcome(test) for test in tests)
        finally:
            os.chdir(before)


def outcome(test):
    """Runs one function and prints its line; 1 where it failed."""
    name = test.__name__
    failed = 0
    try:
        test()
        print(f"ok {name}", flush=True)
    except Skipped as skip:
        print(f"skip {name} - {skip}", flush=True)
    except Exception as error:  # every failure is reported
        failed = 1
        words = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"not ok {name} - {words[:600]}", flush=True)
    return failed


class Skipped(Exception):
    """Why a test can't run here."""


ENTRIES = """party,day,amount
a,2024-01-10,100
b,2024-01-11,50.5
a,2024-02-01,25
"""


def small():
    good("init", "l")
    write("e.csv", ENTRIES)
    good("import", "l", "entry", "e.csv")


def usage_errors_exit_2():
    good("init", "l")
    for arguments in ([], ["nonsense"], ["init"], ["init", "a", "b"],
                      ["init", "x", "--colour=red"], ["init", "x", "-z"],
                      ["init", "x", "--zone"], ["init", "x", "--zone="],
                      ["init", "x", "--zone=UTC", "--zone=UTC"],
                      ["import", "l", "nothing", "f.csv"],
                      ["import", "l", "entry", "f.csv", "--dry-run=yes"],
                      ["post", "l", "entry", "party"],
                      ["list", "l", "entry", "=x"],
                      ["measure", "l", "revenue.movements", "--from=x"],
                      ["measure", "l", "revenue.movements",
                       "--from=2024-02-30"],
                      ["measure", "l", "revenue.movements", "--period=era"],
                      ["measure", "l", "revenue.movements", "--limit=-1"],
                      ["measure", "l", "revenue.movements", "--format=xml"],
                      ["measure", "l", "revenue.movements", "--lang=fr"],
                      ["measure", "l", "revenue.movements", "--filter"],
                      ["measure", "l", "revenue.movements", "--set", "x"],
                      ["measure", "l", "revenue.movements", "--as-of=now"],
                      ["drill", "l", "revenue.movements", "--row=1"],
                      ["drill", "l", "revenue.movements", "--row=0",
                       "--column=new"],
                      ["undo", "l", "x"], ["close", "l", "2024-13-01"],
                      ["help", "nonsense"], ["init", "x" * 5, "--" + "y" *
                                             100000]):
        done = run(*arguments)
        if done.code != 2 or done.out != "" or done.err == "":
            raise AssertionError(f"{arguments}: {done.code} {done.err[:99]}")
        assert len(done.err) < 2000
    assert not os.path.exists("x")


def options_stand_anywhere():
    small()
    expected = good("measure", "l", "revenue.movements", "--period=year",
                    "--format=csv").out
    for arguments in (["--period=year", "l", "--format", "csv",
                       "revenue.movements"],
                      ["--format=csv", "l", "revenue.movements", "--period",
                       "year"],
                      ["--format=csv", "--period=year", "--", "l",
                       "revenue.movements"]):
        same(good("measure", *arguments).out, expected)


def several_pairs_after_one_option():
    good("init", "l")
    write("e.csv", "party,day,amount,line\na,2024-01-10,100,x\n"
          "b,2024-01-11,50,y\nc,2024-01-12,7,z\n")
    good("import", "l", "entry", "e.csv")
    found = rows("measure", "l", "revenue.movements", "--filter", "line=x",
                 "line=z", "--period=year")
    same(found[0]["closing"], "107.00")
    found = rows("measure", "l", "revenue.movements", "--filter=line=x",
                 "--filter", "party=a", "--period=year")
    same(found[0]["closing"], "100.00")


def help_and_version():
    for arguments in (["help"], ["--help"], ["help", "import"],
                      ["import", "--help"], ["measure", "-h"]):
        assert len(good(*arguments).out) > 40
    assert good("--version").out.startswith("custcap ")


def data_on_stdout_words_on_stderr():
    good("init", "l")
    write("e.csv", ENTRIES)
    done = good("import", "l", "entry", "e.csv")
    same(done.out, "")
    holds(done.err, "3 new, 0 existing")
    holds(done.err, "made 2 parties")
    done = good("measure", "l", "revenue.movements")
    same(done.err, "")


def failures_exit_1():
    good("init", "l")
    for arguments in (["measure", "l", "no.such"], ["head", "missing"],
                      ["measures", "no.such"], ["init", "l"],
                      ["import", "l", "entry", "missing.csv"],
                      ["import", "l", "entry", "."],
                      ["init", "x", "--unit=NOPE"],
                      ["init", "x", "--zone=Not/AZone"],
                      ["erase", "l", "nobody"],
                      ["measure", "l", "revenue.movements",
                       "--from=2024-01-02", "--to=2024-02-01"]):
        done = run(*arguments)
        if done.code != 1 or done.err == "":
            raise AssertionError(f"{arguments}: {done.code} {done.err}")
    assert not os.path.exists("x")
    write("text", "this is no ledger, but it is long enough to look\n" * 50)
    same(run("head", "text").code, 1)


def damage_exits_3():
    small()
    good("seal", "l")
    for name in os.listdir("."):
        if name not in ("l", "e.csv"):
            os.remove(name)
    content = bytearray(open("l", "rb").read())
    at = len(content) * 2 // 3
    found = set()
    for shift in range(0, 4096, 256):
        damaged = bytearray(content)
        for i in range(256):
            damaged[(at + shift + i) % len(content)] ^= 0x55
        write("d", bytes(damaged))
        found.add(run("verify", "d").code)
    assert 3 in found, found


def busy_exits_4():
    good("init", "l")
    # An import that waits for its input holds the ledger.
    write("head.csv", "")
    first = subprocess.Popen([COMMAND, "import", "l", "entry", "-"],
                             stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        first.stdin.write(b"party,day,amount\n" +
                          b"a,2024-01-01,1\n" * 20000)
        first.stdin.flush()
        time.sleep(0.5)
        done = run("post", "l", "entry", "party=a", "day=2024-01-01",
                   "amount=1")
        same(done.code, 4)
    finally:
        first.stdin.close()
        same(first.wait(), 0)
    same(run("post", "l", "entry", "party=a", "day=2024-01-01",
             "amount=1").code, 0)


def a_conflict_exits_5_a_refusal_6():
    good("init", "l")
    post = ["post", "l", "entry", "party=a", "day=2024-01-01", "key=k1"]
    first = good(*post, "amount=1")
    again = good(*post, "amount=1")
    same(again.out, first.out)
    holds(again.err, "already")
    same(run(*post, "amount=2").code, 5)
    refer = ["post", "l", "relation", "type=referred-by", "from=2024-01-01"]
    good(*refer, "party=a", "other=b")
    done = run(*refer, "party=b", "other=a")
    same(done.code, 6)
    holds(done.err, "circle")
    done = run(*refer, "party=a", "other=c")
    same(done.code, 6)
    same(len(rows("export", "l", "relation")), 1)


def posting_by_number():
    good("init", "l")
    number = good("post", "l", "entry", "party=a", "day=2024-01-01",
                  "amount=100").out.strip()
    assert number.startswith("@")
    good("post", "l", "entry", "party=a", "day=2024-01-02", "amount=-40",
         f"ref={number}")
    found = rows("measure", "l", "customer.statement", "--set", "party=a")
    same([(r["amount"], r["open"], r["balance"]) for r in found],
         [("100.00", "60.00", "100.00"), ("-40.00", "-40.00", "60.00")])


def list_filters_exactly():
    small()
    out = good("list", "l", "entry", "party=a").out.splitlines()
    same(len(out), 4)  # titles, rule, two rows
    same(len(good("list", "l", "entry", "party=a",
                  "day=2024-02-01").out.splitlines()), 3)
    same(len(good("list", "l", "entry", "--limit=1").out.splitlines()), 3)
    same(len(good("list", "l", "entry", "party=A").out.splitlines()), 2)
    same(run("list", "l", "entry", "colour=red").code, 2)


def what_is_exported_is_imported():
    good("init", "l")
    hostile = ["=1+1", "+x", "-y", "@z", "tab\there", 'quo"te', "com,ma",
               "line\nend", " blank ", "名字", "＝全角"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["party", "day", "amount", "document", "key"])
    for i, name in enumerate(hostile):
        writer.writerow([name, "2024-01-01", f"{i}.5", name, f"k{i}"])
    write("e.csv", out.getvalue())
    good("import", "l", "entry", "e.csv")
    raw = good("export", "l", "entry", "--raw").out
    write("raw.csv", raw)
    good("init", "m")
    holds(good("import", "m", "entry", "raw.csv").err, "11 new")
    first = [r["party"] for r in csv.DictReader(io.StringIO(raw))]
    same(first, hostile)
    again = good("export", "m", "entry", "--raw").out
    same([(r["party"], r["document"], r["amount"], r["key"])
          for r in csv.DictReader(io.StringIO(again))],
         [(r["party"], r["document"], r["amount"], r["key"])
          for r in csv.DictReader(io.StringIO(raw))])
    # The same records once more are recognised by their keys.
    holds(good("import", "l", "entry", "raw.csv").err, "0 new, 11 existing")
    # Without --raw nothing begins like a formula.
    tame = good("export", "l", "entry").out
    for row in csv.DictReader(io.StringIO(tame)):
        assert row["party"][0] not in "=+-@\t", row
        assert not row["party"].startswith("＝"), row


def export_since_and_json():
    small()
    # Head and export know the same positions.
    head = good("head", "l").out.split("\n")
    assert head[0].startswith("position ") and head[2].startswith("chain ")
    assert len(head[2].split()[1]) == 64
    position = int(head[0].split()[1])
    good("post", "l", "entry", "party=z", "day=2024-03-01", "amount=9")
    found = list(csv.DictReader(io.StringIO(
        good("export", "l", "entry", f"--since={position}").out)))
    same([r["party"] for r in found], ["z"])
    found = json.loads(good("export", "l", "entry", "--format=json").out)
    same(len(found["rows"]), 4)
    at = [c["name"] for c in found["columns"]].index("amount")
    same([r[at] for r in found["rows"]],
         ["100.00", "50.50", "25.00", "9.00"])
    same(json.loads(good("export", "l", "link",
                         "--format=json").out)["rows"], [])


def large_exports_come_in_pieces():
    good("init", "l")
    count = 150000
    write("e.csv", "party,day,amount\n" + "".join(
        f"p{i % 100},2024-01-01,{i}\n" for i in range(count)))
    good("import", "l", "entry", "e.csv")
    lines = good("export", "l", "entry").out.splitlines()
    same(len(lines), count + 1)
    same(lines[count].split(",")[2], f"{count - 1}.00")
    found = json.loads(good("export", "l", "entry", "--format=json").out)
    same(len(found["rows"]), count)


def measures_say_what_they_mean():
    out = good("measures").out
    for name in ("revenue.movements", "revenue.retention",
                 "revenue.cohorts", "customer.summary", "customer.rfm",
                 "customer.statement", "capital.structure"):
        holds(out, name)
        about = good("measures", name).out
        for field in ("title:", "version:", "formula:", "columns:"):
            holds(about, field)
    holds(out, "D-08")


def closed_output_is_a_failure():
    small()
    done = subprocess.run(f"'{COMMAND}' export l entry >&-", shell=True,
                          capture_output=True)
    same(done.returncode, 1)
    if os.path.exists("/dev/full"):
        done = subprocess.run(f"'{COMMAND}' export l entry >/dev/full",
                              shell=True, capture_output=True)
        same(done.returncode, 1)
        assert done.stderr
    same(run("verify", "l").code, 0)
    # A reader that goes away is not worth words.
    done = subprocess.run(f"'{COMMAND}' measures | true", shell=True,
                          capture_output=True)
    same(done.stderr, b"")


def an_interrupted_import_leaves_nothing():
    small()
    before = good("head", "l").out
    for number in (signal.SIGINT, signal.SIGTERM):
        running = subprocess.Popen(
            [COMMAND, "import", "l", "entry", "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running.stdin.write(b"party,day,amount\n" +
                            b"n,2024-01-01,1\n" * 100000)
        running.stdin.flush()
        time.sleep(0.3)
        running.send_signal(number)
        same(running.wait(timeout=30), 1)
        holds(running.stderr.read().decode(), "interrupted")
        running.stdin.close()
        same(good("head", "l").out, before)
        same(good("verify", "l").out, "ok\n")


def caretaking():
    small()
    before = good("head", "l").out
    for arguments in (["verify", "l"], ["seal", "l"], ["rebuild", "l"],
                      ["seal", "l", "--budget=0"], ["verify", "l"]):
        good(*arguments)
    same(good("head", "l").out, before)
    good("backup", "l", "copy")
    same(good("head", "copy").out, before)
    same(run("backup", "l", "copy").code, 1)
    write("more.csv", "party,day,amount\na,2024-03-01,1000\n")
    said = good("import", "l", "entry", "more.csv").err
    position = said.split("position ")[1].split()[0]
    year = ["measure", "l", "revenue.movements", "--period=year"]
    same(rows(*year)[0]["closing"], "1175.50")
    holds(good("undo", "l", position).err, "1 entries taken back")
    same(rows(*year)[0]["closing"], "175.50")
    same(run("undo", "l", position).code, 5)
    good("close", "l", "2024-02-29")
    late = ["post", "l", "entry", "party=a", "day=2024-02-10", "amount=1"]
    same(run(*late).code, 6)
    good(*late, "prior=yes")
    same(run("close", "l", "2024-02-29").code, 5)


def erasing_a_party():
    small()
    good("post", "l", "entry", "party=secret name", "day=2024-01-05",
         "amount=500", "document=inv 77")
    good("erase", "l", "secret name")
    found = rows("measure", "l", "revenue.movements", "--period=year")
    same(found[0]["closing"], "675.50")
    for record in ("entry", "party"):
        out = good("export", "l", record).out
        assert "secret" not in out and "inv 77" not in out
    same(run("erase", "l", "secret name").code, 1)
    for name in os.listdir("."):
        assert b"secret name" not in open(name, "rb").read(), name


def vocabulary_files():
    write("v.json", json.dumps([
        {"kind": "unit", "code": "BEAN", "en": "Beans", "zh": "豆子",
         "data": {"scale": 0}},
        {"kind": "line", "code": "machine", "en": "Machines"},
        {"kind": "line", "code": "espresso", "parent": "machine"}]))
    good("init", "l", "--vocabulary=v.json")
    good("post", "l", "entry", "party=a", "day=2024-01-01", "amount=7",
         "unit=BEAN", "line=espresso")
    found = rows("measure", "l", "revenue.movements", "--unit=BEAN",
                 "--filter", "line=machine", "--period=year")
    same(found[0]["closing"], "7")
    for content, words in (
            ('[{"kind":"unit"', "v.json:1:"),
            ('{"kind":"unit"}', "array"),
            ('[{"kind":"line","code":"a"},7]', "object 2"),
            ('[{"kind":"line","code":"a"},{"kind":"line","code":"b",'
             '"colour":"red"}]', "object 2: colour"),
            ('[{"kind":"line","code":3}]', "object 1: code"),
            ('[{"kind":"line","code":"b","data":[]}]', "object 1: data"),
            ('[{"kind":"line","code":"b","parent":"nope"}]', "object 1"),
            ('[{"kind":"colour","code":"b"}]', "object 1"),
            ('[{"code":"b","kind":"rule","sql":"../secret"}]',
             "object 1: sql"),
            ('[{"code":"b","kind":"rule","sql":"/etc/passwd"}]',
             "object 1: sql")):
        write("v.json", content)
        done = run("init", "m", "--vocabulary=v.json")
        same(done.code, 1)
        holds(done.err, words)
        assert [n for n in os.listdir(".") if n.startswith("m")] == []


def measures_of_a_vocabulary_stay_behind_the_walls():
    """Each is refused by name, and no ledger is left."""
    for kind, sql in (("measure", "DELETE FROM entry"),
                      ("measure", "SELECT * FROM vault"),
                      ("measure", "SELECT load_extension('x')"),
                      ("guard", "SELECT * FROM pending_entry"),
                      ("guard", "SELECT 1, 2, 3, (SELECT body FROM journal)")):
        write("own.sql", sql)
        write("v.json", json.dumps([
            {"kind": "line", "code": "tea"},
            {"kind": kind, "code": "shop.own", "sql": "own.sql"}]))
        done = run("init", "m", "--vocabulary=v.json")
        same(done.code, 1)
        holds(done.err, f"{kind} shop.own: ")
        assert [n for n in os.listdir(".") if n.startswith("m")] == []
    write("own.sql", "-- column: n int64 sum\nSELECT count(*) AS n FROM entry")
    write("v.json", json.dumps([
        {"kind": "measure", "code": "shop.own", "sql": "own.sql"}]))
    good("init", "l", "--vocabulary=v.json")
    good("post", "l", "entry", "party=a", "day=2024-01-01", "amount=7")
    same(rows("measure", "l", "shop.own")[0]["n"], "1")
    same(run("measure", "l", "shop.other").code, 1)


def the_locale_and_zone_of_the_machine_do_not_matter():
    outputs = set()
    for i, env in enumerate(({"LC_ALL": "C", "TZ": "UTC"},
                             {"LC_ALL": "de_DE.UTF-8", "TZ":
                              "Pacific/Kiritimati"},
                             {"LC_ALL": "tr_TR.UTF-8",
                              "TZ": "America/Los_Angeles"})):
        where = {**os.environ, **env}
        good("init", f"l{i}", env=where)
        write("e.csv", ENTRIES)
        good("import", f"l{i}", "entry", "e.csv", env=where)
        outputs.add(good("measure", f"l{i}", "revenue.retention",
                         "--format=csv", env=where).out)
        outputs.add(good("measure", f"l{i}", "revenue.retention",
                         "--format=csv").out)
    same(len(outputs), 1)


TESTS = [usage_errors_exit_2, options_stand_anywhere,
         several_pairs_after_one_option, help_and_version,
         data_on_stdout_words_on_stderr, failures_exit_1, damage_exits_3,
         busy_exits_4, a_conflict_exits_5_a_refusal_6, posting_by_number,
         list_filters_exactly, what_is_exported_is_imported,
         export_since_and_json, large_exports_come_in_pieces,
         measures_say_what_they_mean, closed_output_is_a_failure,
         an_interrupted_import_leaves_nothing, caretaking, erasing_a_party,
         vocabulary_files,
         measures_of_a_vocabulary_stay_behind_the_walls,
         the_locale_and_zone_of_the_machine_do_not_matter]

if __name__ == "__main__":
    sys.exit(main(TESTS))
