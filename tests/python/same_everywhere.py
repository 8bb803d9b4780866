#!/usr/bin/env python3
"""same_everywhere: a newcomer's retention table of the sample company is the
same from Python, the shell and C, byte for byte in CSV.

Neither is copied from the other: custcap(1) and this package only share the
library.  The analyst's example is run the way a newcomer would.
"""
import os
import subprocess
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402
import custcap  # noqa: E402

PROGRAM = r"""
#include <custcap/custcap.h>
#include <stdio.h>

static int32_t print(void *file, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, file) != (size_t)length;
}

int main(int argc, char **argv)
{
    custcap_ledger *ledger = NULL;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_error *error = custcap_error_new();
    if (argc < 2 || custcap_ledger_open(argv[1], NULL, &ledger, error) ||
        custcap_snapshot_open(ledger, NULL, &snapshot, error) ||
        custcap_snapshot_measure(snapshot, "revenue.retention", NULL, &table,
                                 error) ||
        custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print, stdout,
                            error)) {
        return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
"""


def sample(folder):
    """The sample company, smaller than the demo's."""
    path = folder / "sample.ledger"
    checks.command("sample", path, "--customers=500")
    return path


def test_retention_python_and_shell(folder):
    """custcap measure LEDGER revenue.retention --format=csv."""
    path = sample(folder)
    shell = checks.command("measure", path, "revenue.retention",
                           "--format=csv")
    with custcap.open(path) as ledger:
        table = ledger.measure("revenue.retention")
    assert table.to_csv().encode() == shell
    assert shell.count(b"\n") > 12, "a year of it at least"
    table.write(folder / "retention.csv")
    assert (folder / "retention.csv").read_bytes() == shell


def test_retention_c_and_shell(folder):
    """The same from C, compiled against the headers."""
    path = sample(folder)
    (folder / "r.c").write_text(PROGRAM)
    try:
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Werror",
             "-I", checks.ROOT / "include", "-o", folder / "r",
             folder / "r.c", "-L", checks.BUILD, "-lcustcap",
             f"-Wl,-rpath,{checks.BUILD}"], check=True, capture_output=True)
    except OSError as problem:
        raise checks.Skip(f"no compiler: {problem}") from None
    done = subprocess.run([folder / "r", path], capture_output=True,
                          check=True)
    assert done.stdout == checks.command("measure", path,
                                         "revenue.retention", "--format=csv")


def test_every_measure_and_format(folder):
    """Every measure that asks for nothing, in three formats, also asked for
    a window, a period and an order."""
    path = sample(folder)
    ways = [({}, []),
            ({"from_": "2024-01-01", "to": "2025-01-01",
              "period": "quarter"},
             ["--from=2024-01-01", "--to=2025-01-01", "--period=quarter"])]
    asked = 0
    with custcap.open(path) as ledger, ledger.snapshot() as snapshot:
        for name in custcap.measures():
            for words, options in ways:
                try:
                    table = snapshot.measure(name, **words)
                except custcap.RequestError:
                    continue  # it needs a parameter, or has no periods
                for ours, theirs in (("csv", "csv"), ("json", "json")):
                    shell = checks.command("measure", path, name, *options,
                                           f"--format={theirs}")
                    assert table.render(ours) == shell, (name, options, ours)
                    asked += 1
    assert asked >= 10, asked


def test_drill_and_records(folder):
    """Drilled entries and exported records, too."""
    path = sample(folder)
    with custcap.open(path) as ledger, ledger.snapshot() as snapshot:
        table = snapshot.measure("revenue.movements")
        drilled = table.drill(4, "new").to_csv()
        first, _ = snapshot.records_table("relation")
    assert drilled.encode() == checks.command(
        "drill", path, "revenue.movements", "--row=5", "--column=new",
        "--format=csv")
    assert first.to_csv().encode() == checks.command(
        "export", path, "relation", "--format=csv")


def test_the_analyst_without_pandas(folder):
    """examples/analyst.py on the standard library alone."""
    path = sample(folder)
    done = subprocess.run(
        [sys.executable, "-S", checks.ROOT / "examples/analyst.py", path],
        capture_output=True, text=True, check=False,
        env=checks.environment())
    assert done.returncode == 0, done.stderr
    assert "to churn" in done.stdout and "pandas" in done.stdout
    assert (folder / "retention.csv").read_bytes() == checks.command(
        "measure", path, "revenue.retention", "--format=csv")


def test_the_readme_runs(folder):
    """The first example of both READMEs."""
    for readme in (checks.PACKAGE / "README.md", checks.ROOT / "README.md"):
        code = readme.read_text().split("```python\n")[1].split("```")[0]
        own = folder / readme.parent.name
        own.mkdir()
        done = subprocess.run([sys.executable, "-c", code], cwd=own,
                              capture_output=True, text=True, check=False,
                              env=checks.environment())
        assert done.returncode == 0, done.stderr
        assert "2024-02  80.0%  66.7%  50.0%  40.0%" in done.stdout


if __name__ == "__main__":
    checks.run_all(globals(), "same_everywhere")
