"""harness - what the scripts of tests/ share: run the command, say how it went.

A script makes a Report, hands it functions (each a test of its own), and ends
with report.finish().  A test fails by AssertionError and is skipped by Skip;
either is one line of output, as tests/run wants them.
"""
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("B", "build"))
CUSTCAP = os.path.join(BUILD, "custcap")
DATA = os.path.abspath(os.environ.get("CUSTCAP_TEST_DATA", "../shared/data"))

OK, FAILED, USAGE, CORRUPT, BUSY, CONFLICT, REFUSED = range(7)


class Skip(Exception):
    """This test can't run here; the text says why."""


class Done:
    """A command that ended."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code = arguments, code
        self.out, self.err = out, err

    def __str__(self):
        words = " ".join(str(a) for a in self.arguments)
        return (f"custcap {words[:200]}: exit {self.code}, "
                f"{self.err.decode(errors='replace').strip()[:300]}")


def attempt(*arguments, text=None, env=None, timeout=120, **more):
    """Run the command; how it went.  Bytes in, bytes out."""
    if isinstance(text, str):
        text = text.encode()
    if env is not None:
        env = {**os.environ, **env}
    if "stdin" not in more and text is None:
        more["stdin"] = subprocess.DEVNULL
    done = subprocess.run(
        [CUSTCAP, *[str(a) for a in arguments]], input=text, env=env,
        stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE,
        timeout=timeout, check=False, **more)
    return Done(arguments, done.returncode, done.stdout, done.stderr)


def run(*arguments, code=OK, **more):
    """Run the command; its output.  Any other exit code is a failure."""
    done = attempt(*arguments, **more)
    if done.code != code:
        raise AssertionError(f"{done} (expected exit {code})")
    return done.out


def csv_rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def measure(ledger, name, *arguments, **more):
    """Rows of a measure, as dictionaries of texts."""
    return csv_rows(run("measure", ledger, name, "--format=csv", *arguments,
                        **more))


def minor(text, scale=2):
    """Decimal text as minor units; more digits than the scale are refused."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    if len(part) > scale:
        raise AssertionError(f"{text} has more than {scale} digits")
    return sign * int(whole + part.ljust(scale, "0"))


def major(amount, scale=2):
    """Minor units as decimal text."""
    digits = str(abs(amount)).rjust(scale + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else \
        f"{sign}{digits}"


def head(ledger):
    """(position, chain) of a ledger."""
    words = dict(line.split(" ", 1)
                 for line in run("head", ledger).decode().splitlines())
    return int(words["position"]), words["chain"]


def file_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def same(found, expected, what):
    """Equal bytes, or a failure that shows the first line that differs."""
    if found == expected:
        return
    pairs = zip(found.splitlines() + [b"(end)"],
                expected.splitlines() + [b"(end)"])
    for number, (have, want) in enumerate(pairs, 1):
        if have != want:
            raise AssertionError(f"{what}: line {number} is {have[:200]!r}, "
                                 f"expected {want[:200]!r}")
    raise AssertionError(f"{what}: differs in length")


def all_measures():
    """The names of the catalogue."""
    listed = run("measures").decode().splitlines()
    return [line.split()[0] for line in listed if line.strip()]


def parameters_of(name):
    """The parameters a measure can't do without: no default, not optional."""
    needed, inside = [], False
    for line in run("measures", name).decode().splitlines():
        if not line.startswith(" "):
            inside = line.startswith("parameters:")
            line = line.partition(":")[2]
        words = line.split(" - ")[0].split()
        if inside and len(words) == 2 and not words[1].endswith("?"):
            needed.append(words[0])
    return needed


RECORDS = ("definition", "party", "link", "role", "relation", "item",
           "entry", "event", "move", "consent", "mark")


# Measures that fit a model: they say no where the data can't be fitted.
MODELS = ("customer.equity", "customer.forecast", "customer.lifetime",
          "model.fit", "model.holdout", "model.tracking")


def answer(question, env=None):
    """The bytes of an answer; of a model, also of what it refuses."""
    done = attempt(*question, env=env)
    if done.code == FAILED and question[2] in MODELS:
        return b"refused: " + done.err
    if done.code != OK:
        raise AssertionError(f"{done} (expected exit 0)")
    return done.out


def answers(ledger, statement_of=(), env=None):
    """Everything a ledger answers: {question: bytes}."""
    asked = [("measure", ledger, name, "--format=json")
             for name in all_measures() if not parameters_of(name)]
    asked += [("measure", ledger, name, "--format=json",
               "--set", f"party={key}") for key in statement_of
              for name in ("customer.statement", "customer.timeline")]
    asked += [("export", ledger, record, "--format=csv")
              for record in RECORDS]
    return {" ".join(question[:1] + question[2:]): answer(question, env)
            for question in asked}


def same_answers(found, expected, what):
    assert found.keys() == expected.keys(), f"{what}: other questions"
    for question, data in expected.items():
        same(found[question], data, f"{what}: {question}")


class Report:
    """Runs tests in a directory that goes away, and says how each went."""

    def __init__(self, group):
        self.group = group
        self.failed = 0
        self.directory = tempfile.mkdtemp(prefix="custcap-test-")
        if not os.access(CUSTCAP, os.X_OK):
            print(f"not ok {group} {CUSTCAP} is not built")
            sys.exit(1)

    def path(self, name):
        return os.path.join(self.directory, name)

    def test(self, name, function, *arguments):
        started = time.monotonic()
        try:
            said = function(*arguments)
        except Skip as why:
            print(f"skip {self.group}/{name} - {why}", flush=True)
            return
        except Exception as why:  # pylint: disable=broad-except
            words = " ".join(f"{type(why).__name__}: {why}".split())
            print(f"not ok {self.group}/{name} {words[:1500]}", flush=True)
            self.failed += 1
            return
        took = time.monotonic() - started
        more = f"; {said}" if said else ""
        print(f"ok {self.group}/{name} ({took:.1f} s{more})", flush=True)

    def finish(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        sys.exit(1 if self.failed else 0)
