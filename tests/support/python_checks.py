"""python_checks: what the tests of the Python package share.

A test is a function whose name begins with test_; its first line says what
it shows.  run_all() prints a line a test, as tests/run counts them.
"""
import inspect
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("B", "build"))
BUILD = BUILD if BUILD.is_absolute() else ROOT / BUILD
PACKAGE = ROOT / "bindings" / "python"
LIBRARY = BUILD / "libcustcap.so.0"
COMMAND = BUILD / "custcap"

os.environ.setdefault("CUSTCAP_LIBRARY", str(LIBRARY))
sys.path.insert(0, str(PACKAGE))
sys.dont_write_bytecode = True


class Skip(Exception):
    """A test that can't be made here, and why."""


def environment(**more):
    """What a child process of a test is given."""
    return {**os.environ, "CUSTCAP_LIBRARY": str(LIBRARY),
            "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1",
            **more}


def python(code, program=sys.executable, **more):
    """Run code in a fresh interpreter."""
    return subprocess.run([program, "-c", code], capture_output=True,
                          text=True, timeout=120, check=False,
                          env=environment(**more))


def command(*arguments):
    """What the command custcap prints, as bytes."""
    done = subprocess.run([COMMAND, *map(str, arguments)], check=False,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout


def raises(kind, function, *arguments, words="", **named):
    """The exception that a call must raise, with words in it."""
    try:
        result = function(*arguments, **named)
    except kind as problem:
        assert words in str(problem), f"{words!r} not in {problem}"
        return problem
    raise AssertionError(f"{kind.__name__} was expected, got {result!r}")


def with_folder(test):
    """Run a test, with a folder of its own where it wants one."""
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        test(*[folder] if inspect.signature(test).parameters else [])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_all(names, group):
    """Every test_ function of a module, in order; exits with the outcome."""
    failed = 0
    tests = [(name, test) for name, test in names.items()
             if name.startswith("test_") and callable(test)]
    for name, test in tests:
        label = f"python/{group}/{name[5:]}"
        try:
            with_folder(test)
            print(f"ok {label}", flush=True)
        except Skip as why:
            print(f"skip {label} - {why}", flush=True)
        except Exception as problem:  # every failure is a line
            failed = 1
            words = " ".join(f"{type(problem).__name__}: {problem}".split())
            traceback.print_exc()
            print(f"not ok {label} {words[:400]}", flush=True)
    sys.exit(failed)
