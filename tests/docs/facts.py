"""What hand-written pages list is what there is.

- custcap-csv(5): the fields of every record, in any order, and which are
  required, as the command's export and refusals show them;
- custcap-journal(5): kinds and columns, as lib/journal/record.c has them;
- custcap-vocabulary(5): kinds of word, as the headers name them, and which
  are open, as a ledger shows by accepting an unheard word;
- custcap(1): every option that `custcap help COMMAND` names, and no other.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
B = (ROOT / os.environ.get("B", "build")).resolve()
API = json.loads((ROOT / "bindings/api.json").read_text("utf-8"))
RECORDS = ["definition", "party", "link", "role", "relation", "item", "entry",
           "event", "move", "consent", "mark"]
FAILED = []


def say(good, name, why=""):
    print(f"ok docs/{name}" if good else f"not ok docs/{name} {why}".rstrip())
    if not good:
        FAILED.append(name)


def custcap(*arguments):
    return subprocess.run([B / "custcap", *arguments], capture_output=True,
                          text=True)


def page(name):
    section = name[-1]
    return (ROOT / f"man/man{section}/{name}").read_text("utf-8")


def listed(text, start):
    """{name: words} of the first list of ".It Sy name" after a line."""
    part = text.split(start)[1].split("\n.El")[0]
    found = {}
    for item in part.split("\n.It Sy ")[1:]:
        name, _, words = item.partition("\n")
        found[name] = words
    return found


def test_fields(ledger):
    fields = listed(page("custcap-csv.5"), ".Ss Fields")
    say(sorted(fields) == sorted(RECORDS), "csv(5) has every record",
        " ".join(fields))
    for record in RECORDS:
        marked = re.findall(r"(\w+)( Ns \*)?(?: ,|\n|$)",
                            re.sub(r"\.Va ", "", fields.get(record, "")))
        told = [name for name, _ in marked]
        header = custcap("export", ledger, record).stdout.splitlines()[0]
        have = [n for n in header.split(",") if n != "record"]
        say(sorted(told) == sorted(have), f"csv(5): fields of {record}",
            f"page {sorted(set(told) - set(have))}"
            f" file {sorted(set(have) - set(told))}")
        required = {name for name, star in marked if star}
        optional = next(n for n in told if n not in required)
        found = needed(ledger, record, optional)
        say(required == found, f"csv(5): required fields of {record}",
            f"page {required} refusals {found}")


def needed(ledger, record, optional):
    """Fields without which a row is refused: those the refusals name."""
    found = set()
    while True:
        run = custcap("post", ledger, record, f"{optional}=",
                      *(f"{name}=" for name in sorted(found)))
        named = re.search(r"needs the field (\w+)", run.stderr)
        if not named or named[1] in found:
            return found
        found.add(named[1])


def test_journal():
    source = (ROOT / "lib/journal/record.c").read_text("utf-8")
    told = listed(page("custcap-journal.5"), ".Ss Kinds and columns")
    for record in RECORDS:
        block = re.search(rf"{record}_columns\[\w+\] = {{(.*?)}};", source,
                          re.S)
        have = re.findall(r'"(\w+)"', block[1])
        words = re.findall(r"\w+", re.sub(r"\.Va ", "", told[record]))
        say(words == have, f"journal(5): columns of {record}",
            f"{words} {have}")


OPEN_FIELDS = {"line": ("entry", "party=ann day=2024-01-01 amount=1 line=X"),
               "channel": ("entry",
                           "party=ann day=2024-01-01 amount=1 channel=X"),
               "object": ("event",
                          "party=ann day=2024-01-01 kind=visit object=X"),
               "theme": ("event",
                         "party=ann day=2024-01-01 kind=visit word=X"),
               "source": ("event",
                          "party=ann day=2024-01-01 kind=visit source=X"),
               "method": ("consent", "party=ann day=2024-01-01 given=yes"
                          " purpose=marketing method=X"),
               "code": ("entry", "party=ann day=2024-01-01 amount=1 code=X"),
               "unit": ("entry", "party=ann day=2024-01-01 amount=1 unit=X"),
               "role": ("role", "party=ann from=2024-01-01 role=X"),
               "stage": ("role",
                         "party=ann from=2024-01-01 role=fan stage=X"),
               "relation": ("relation",
                            "party=ann other=bob from=2024-01-01 type=X"),
               "form": ("party", "party=cleo form=X"),
               "event": ("event", "party=ann day=2024-01-01 kind=X"),
               "purpose": ("consent", "party=ann day=2024-01-01 given=yes"
                           " purpose=X"),
               "item": ("item", "key=k day=2024-01-01 kind=X"),
               "flow": ("item", "key=k day=2024-01-01 kind=idea flow=X")}


def test_words(ledger):
    told = {}
    part = page("custcap-vocabulary.5").split(".Ss Kinds of word")[1]
    for item in part.split("\n.El")[0].split("\n.It Sy ")[1:]:
        names, _, words = item.partition("\n")
        for name in names.split(" , "):
            told[name] = words
    have = {c["name"].removeprefix("CUSTCAP_WORD_").lower()
            for c in API["constants"]
            if c["name"].startswith("CUSTCAP_WORD_")}
    say(set(told) == have, "vocabulary(5) has every kind of word",
        " ".join(set(told) ^ have))
    for kind, (record, fields) in OPEN_FIELDS.items():
        run = custcap("post", ledger, record, *fields.split())
        says_open = told.get(kind, "").rstrip().endswith("; open")
        say((run.returncode == 0) == says_open,
            f"vocabulary(5): {kind} is {'open' if says_open else 'closed'}",
            run.stderr.strip()[:120])


def test_options():
    names = re.findall(r"^  ([a-z]+)  ", custcap("help").stdout, re.M)
    have = set()
    for name in names:
        run = custcap("help", name)
        have |= set(re.findall(r"--([a-z][a-z-]+)", run.stdout + run.stderr))
    told = set(re.findall(r"Fl -([a-z][a-z-]+)", page("custcap.1"))) - \
        {"name"}
    say(len(have) > 10 and told == have, "custcap(1) has every option",
        f"page {sorted(told - have)} help {sorted(have - told)}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        ledger = os.path.join(folder, "a.ledger")
        custcap("init", ledger)
        test_fields(ledger)
        test_journal()
        test_words(ledger)
        test_options()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
