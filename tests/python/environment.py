#!/usr/bin/env python3
"""environment: what needs packages of others.

tools/python-venv fills a virtual environment once, below $B; without a
network all of this is skipped, with the reason.  There the real consumers
are asked, mypy reads package, example and a program of a user, and wheel and
sdist are built, installed and used.
"""
import os
import pathlib
import subprocess
import sys
import textwrap

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/support")
import python_checks as checks  # noqa: E402

FOLDER = checks.BUILD / "python-venv"
SHOP = """
import custcap
assert custcap.library_path().startswith({folder!r}), custcap.library_path()
with custcap.create({path!r}) as ledger:
    ledger.post("entry", {{"party": "a", "day": "2024-01-01", "amount": 1}})
    print(ledger.measure("revenue.movements")[0].new)
"""


def interpreter():
    """The environment's Python, or why there is none."""
    done = subprocess.run([checks.ROOT / "tools/python-venv", FOLDER],
                          capture_output=True, text=True, timeout=1500,
                          check=False)
    return done.stdout.strip() or None, done.stderr.strip()


PYTHON, WHY = interpreter()


def needed():
    """The environment's Python, or a skip."""
    if PYTHON is None:
        raise checks.Skip(WHY or "no virtual environment")
    return PYTHON


def run(*arguments, **options):
    """A command that must do well; its output."""
    done = subprocess.run([str(one) for one in arguments], timeout=600,
                          capture_output=True, text=True, check=False,
                          **options)
    assert done.returncode == 0, (done.stdout + done.stderr)[-1500:]
    return done.stdout


def mypy(*paths):
    """mypy --strict, with a cache below the build folder."""
    project = checks.PACKAGE / "pyproject.toml"
    return run(needed(), "-m", "mypy", "--config-file", project, "--strict",
               "--cache-dir", checks.BUILD / "mypy", *paths,
               env=checks.environment(MYPYPATH=str(checks.PACKAGE)))


def test_mypy_accepts_the_package():
    """mypy --strict on package and example."""
    mypy("-p", "custcap")
    mypy(checks.ROOT / "examples/analyst.py")


def test_mypy_helps_a_user(folder):
    """Right uses pass; wrong ones are found."""
    good = folder / "good.py"
    good.write_text(textwrap.dedent("""
        import custcap
        with custcap.open("x") as ledger:
            table: custcap.Table = ledger.measure("revenue.movements")
            column: custcap.Column = table["new"]
            row: custcap.Row = table[0]
            rows: list[custcap.Row] = table[1:]
            position: int = ledger.post("entry", []).position
        """))
    mypy(good)
    bad = folder / "bad.py"
    bad.write_text("import custcap\ncustcap.open(7)\n"
                   "custcap.create('x').undo('y')\n")
    done = subprocess.run(
        [needed(), "-m", "mypy", "--strict", "--cache-dir",
         checks.BUILD / "mypy", bad], capture_output=True, text=True,
        check=False, env=checks.environment(MYPYPATH=str(checks.PACKAGE)))
    assert done.stdout.count("error:") == 2, done.stdout


def built():
    """Wheel and sdist, made once."""
    out = checks.BUILD / "python-dist"
    if not getattr(built, "done", False):
        for old in out.glob("*"):
            old.unlink()
        run(checks.ROOT / "tools/python-package", out, needed(),
            env={**os.environ, "B": str(checks.BUILD)})
        built.done = True
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


def use(archive, folder):
    """Install into an environment of its own, and use it there."""
    venv = folder / "venv"
    run(needed(), "-m", "venv", "--without-pip", venv)
    site = next(venv.glob("lib/python3*/site-packages"))
    run(needed(), "-m", "pip", "install", "--quiet", "--no-deps",
        "--no-build-isolation", "--no-index", "--target", site, archive)
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("CUSTCAP_LIBRARY", "PYTHON"))}
    code = SHOP.format(folder=str(site), path=str(folder / "shop.ledger"))
    printed = run(venv / "bin/python", "-c", code, env=environment,
                  cwd=folder)
    assert printed == "1.00\n", printed
    assert (site / "custcap/py.typed").exists()


def test_wheel(folder):
    """It carries the library, for one platform and any Python 3."""
    wheel, _ = built()
    assert "-py3-none-linux" in wheel.name, wheel.name
    use(wheel, folder)


def test_sdist(folder):
    """It carries the library, too."""
    _, sdist = built()
    use(sdist, folder)


def test_example_with_pandas(folder):
    """The analyst's script, cohorts and all."""
    path = folder / "shop.ledger"
    checks.command("sample", path, "--customers=300")
    printed = run(needed(), checks.ROOT / "examples/analyst.py", path,
                  env=checks.environment())
    assert "to churn" in printed and "cohort" in printed, printed
    assert (folder / "retention.csv").read_bytes() == checks.command(
        "measure", path, "revenue.retention", "--format=csv")


def consumers():
    """The tests of the consumers, which print their own lines."""
    if PYTHON is None:
        print(f"skip python/consumers - {WHY}")
        return
    script = pathlib.Path(checks.__file__).with_name("python_consumers.py")
    done = subprocess.run([PYTHON, script], check=False, timeout=600,
                          env=checks.environment())
    if done.returncode not in (0, 1):
        print(f"not ok python/consumers died: {done.returncode}")


if __name__ == "__main__":
    consumers()
    sys.stdout.flush()
    checks.run_all(globals(), "environment")
