"""rebuild_erase - what looks after a ledger changes no number.

rebuild, seal and backup answer as before; erasing removes a person's bytes
and nothing else; an import can be taken back; closed books stay closed;
reading writes nothing; and what is no ledger, or one of a later format, is
refused and left as it is.
"""
import json
import os
import shutil
import sqlite3
import stat
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
import harness as h  # noqa: E402

PAGE, RESERVED = 16384, 8


def sample(report, name, customers=60, seed=6):
    path = report.path(name)
    h.run("sample", path, f"--customers={customers}", f"--seed={seed}")
    return path


def some_party(path):
    rows = h.measure(path, "customer.summary", "--sort=frequency")
    return rows[len(rows) // 2]["party"]


# --- rebuild, seal, backup -------------------------------------------------

def rebuild(report):
    path = sample(report, "rebuilt")
    keys = [some_party(path)]
    before, at = h.answers(path, keys), h.head(path)
    for _ in range(2):
        h.run("rebuild", path)
        assert h.head(path) == at
        h.same_answers(h.answers(path, keys), before, "after rebuild")
        h.run("verify", path)


def seal(report):
    """Small imports and posts with seals in between; answers as of every
    position stay what they were."""
    path, known = report.path("sealed"), {}
    h.run("init", path, "--unit=EUR")
    for piece in range(6):
        rows = "".join(
            f"p{(n * 7 + piece) % 40},2024-{1 + (n + piece) % 12:02d}-"
            f"{1 + n % 28:02d},{n * 3 % 101}.{n % 100:02d},l{n % 3},"
            f"{'paid.search' if n % 2 else 'direct'}\n" for n in range(300))
        h.run("import", path, "entry", "-",
              text="party,day,amount,line,channel\n" + rows)
        position = h.head(path)[0]
        before = h.answers(path, ["p1"])
        known[position] = h.run("measure", path, "revenue.movements",
                                "--format=csv")
        h.run("seal", path, *(["--budget=1000"] if piece % 2 else []))
        h.same_answers(h.answers(path, ["p1"]), before, f"seal {piece}")
        for then, answer in known.items():
            h.same(h.run("measure", path, "revenue.movements",
                         "--format=csv", f"--as-known={then}"), answer,
                   f"as known at {then}, after seal {piece}")
    h.run("verify", path)


def backup(report):
    path, copy = sample(report, "original"), report.path("backup")
    keys = [some_party(path)]
    h.run("backup", path, copy)
    h.run("verify", copy)
    h.same_answers(h.answers(copy, keys), h.answers(path, keys), "backup")
    assert h.head(copy) == h.head(path)
    assert stat.S_IMODE(os.stat(copy).st_mode) & 0o077 == 0, "others may read"
    done = h.attempt("backup", path, copy)
    assert done.code == 1, f"an existing file was replaced: {done}"
    done = h.attempt("backup", path, path)
    assert done.code == 1, f"onto itself: {done}"
    h.run("post", copy, "entry", "party=later", "day=2025-12-01", "amount=1")
    assert h.head(copy)[0] == h.head(path)[0] + 1, "a backup can be used"


# --- erasure ---------------------------------------------------------------

SECRETS = ["Wilhelmina Quackenbush", "quackenbush-77", "INV-QUACK-4711",
           "she said zyzzyva twice", "ticket-zyzzyva-9", "moved to Xanadu"]


def forms(secret):
    """The ways a text may lie in a file."""
    return [secret.encode(), secret.encode("utf-16-le"),
            secret.encode("utf-16-be"), secret.encode().hex().encode()]


def remains(path):
    found = []
    for ending in ("", "-wal", "-shm", "-journal", "-lock"):
        if os.path.exists(path + ending):
            data = h.file_bytes(path + ending)
            found += [f"{secret} in {ending or 'the file'}"
                      for secret in SECRETS for form in forms(secret)
                      if form in data]
    return found


def person(path):
    key = SECRETS[1]
    h.run("post", path, "party", f"party={key}", "form=person",
          f"name={SECRETS[0]}")
    h.run("post", path, "entry", f"party={key}", "day=2024-02-03",
          "amount=12.50", f"document={SECRETS[2]}")
    h.run("import", path, "entry", "-", text="party,day,amount,document\n" +
          "".join(f"{key},2024-0{m}-09,{m}.00,{SECRETS[2]}-{m}\n"
                  for m in range(1, 9)))
    h.run("post", path, "event", f"party={key}", "day=2024-02-04",
          "kind=score.nps", "number=9", f"text={SECRETS[3]}",
          "source=desk", f"source_id={SECRETS[4]}")
    h.run("post", path, "role", f"party={key}", "role=consumer",
          "from=2024-01-01", f"cause={SECRETS[5]}")
    h.run("post", path, "relation", "party=friend", "type=referred-by",
          f"other={key}", "from=2024-03-01")
    h.run("post", path, "entry", "party=friend", "day=2024-03-05",
          "amount=77.00", "document=INV-FRIEND-1")
    return key


def chains(path, last):
    """The head of the journal as of every position."""
    found = []
    for position in range(1, last + 1):
        table = json.loads(h.run("measure", path, "revenue.movements",
                                 "--format=json", f"--as-known={position}"))
        found.append(table["notes"]["head"])
    return found


def erase(report):
    path = report.path("erased")
    h.run("init", path, "--unit=EUR")
    key = person(path)
    h.run("seal", path)
    h.run("post", path, "entry", f"party={key}", "day=2024-09-09",
          "amount=1.25", f"document={SECRETS[2]}-late")
    plain = remains(path)
    assert not plain, f"not encrypted: {plain}"
    statement = h.csv_rows(h.run("measure", path, "customer.statement",
                                 "--format=csv", "--set", f"party={key}"))
    assert statement[1]["document"].startswith(SECRETS[2]), \
        "the control: before erasing, the document is there"
    at, before = h.head(path), h.answers(path)
    heads = chains(path, at[0])
    assert heads[-1] == f"{at[0]} {at[1]}" and len(set(heads)) == at[0]
    old = {name: h.run("measure", path, name, "--format=csv")
           for name in ("revenue.movements", "revenue.cohorts",
                        "revenue.retention", "capital.structure")}

    h.run("erase", path, key)
    found = remains(path)
    assert not found, f"found: {found}"
    h.run("verify", path)
    now = h.head(path)
    assert now[0] == at[0] + 1, f"one mark expected: {at}, {now}"
    assert chains(path, at[0]) == heads, "the chain has changed"
    for name, answer in old.items():
        h.same(h.run("measure", path, name, "--format=csv"), answer, name)
        h.same(h.run("measure", path, name, "--format=csv",
                     f"--as-known={at[0]}"), answer, f"{name}, as known")
    gone = [("measure", path, "customer.statement", "--set", f"party={key}"),
            ("erase", path, key),
            ("measure", path, "customer.statement", "--set", f"party={key}",
             f"--as-known={at[0]}")]
    for question in gone:
        done = h.attempt(*question)
        assert done.code == 1 and done.err.strip(), f"still known: {done}"
    for question in before:
        words = question.split(" ")
        data = h.answer((words[0], path, *words[1:]))
        leak = [s for s in SECRETS if s.encode() in data]
        assert not leak, f"{question} tells {leak}"
    numbers_stay(path, before)
    rebuilt_stays(path)
    h.run("post", path, "entry", f"party={key}", "day=2024-10-01",
          "amount=5.00")
    rows = h.measure(path, "customer.summary")
    assert len(rows) == 3, f"who comes back is someone new: {rows}"


def numbers_stay(path, before):
    """Summaries as before, but for who it is."""
    rows = h.measure(path, "customer.summary")
    earlier = json.loads(before["measure customer.summary --format=json"])
    assert len(rows) == len(earlier["rows"]), "a customer is lost"
    mine = [r for r in rows if SECRETS[1] not in r["party"]
            and r["party"] != "friend"]
    # 2024-01-09 .. 2024-09-09 less the first: 1..8 without January, and
    # 2024-02-03, 2024-09-09.
    assert len(mine) == 1 and mine[0]["frequency"] == "9", rows
    assert mine[0]["first_day"] == "2024-01-09", mine


def rebuilt_stays(path):
    before = h.answers(path)
    h.run("rebuild", path)
    h.same_answers(h.answers(path), before, "rebuilt after erasure")
    h.run("verify", path)
    found = remains(path)
    assert not found, f"after rebuild: {found}"


def erase_many(report):
    """Most people of a sample are erased; none of their names or documents
    is left, all the numbers are."""
    path = sample(report, "erased-many", 40)
    parties = [r["party"] for r in h.csv_rows(h.run("export", path, "party"))
               if r["party"] and r["party"] != "us"]
    texts = sorted({r[f] for kind, f in (("party", "name"),
                                         ("entry", "document"))
                    for r in h.csv_rows(h.run("export", path, kind, "--raw"))
                    if r["party"] in set(parties[:25]) and len(r[f]) > 5})
    names = [p for p in parties[:25] if len(p) > 3]
    before = h.run("measure", path, "revenue.movements", "--format=csv")
    for party in dict.fromkeys(parties[:25]):
        h.run("erase", path, party)
    h.run("verify", path)
    h.same(h.run("measure", path, "revenue.movements", "--format=csv"),
           before, "movements")
    data = b"".join(h.file_bytes(path + e) for e in ("", "-wal")
                    if os.path.exists(path + e))
    left = [t for t in texts + names if t.encode() in data]
    assert not left, f"{len(left)} texts are left, such as {left[:3]}"
    return f"{len(set(parties[:25]))} people, {len(texts)} texts"


def erase_pending(report):
    """While another process reads, erasing says that it is not complete."""
    import library
    path = report.path("pending")
    h.run("init", path, "--unit=EUR")
    key = person(path)
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True,
                                 isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    # Something to keep: the reader's snapshot is older than this commit.
    h.run("post", path, "entry", "party=friend", "day=2024-03-06",
          "amount=1.00")
    done = h.attempt("erase", path, key)
    assert done.code == h.BUSY and done.err.strip(), done
    connection.execute("COMMIT")
    connection.close()
    ledger = library.Ledger(path)
    ledger.free()
    h.run("seal", path)
    h.run("close", path, "2023-01-31")
    found = remains(path)
    assert not found, f"found: {found}"


# --- undo, close -----------------------------------------------------------

def undo(report):
    path = sample(report, "undone")
    before, at = h.answers(path), h.head(path)
    rows = "party,day,amount,line,key\n" + "".join(
        f"new-{n % 50},2025-{1 + n % 12:02d}-01,{n}.{n % 100:02d},tea,u{n}\n"
        for n in range(2000))
    h.run("import", path, "entry", "-", text=rows)
    changed = h.run("measure", path, "revenue.movements", "--format=csv")
    wrong = h.head(path)[0]
    done = h.attempt("undo", path, wrong)
    assert done.code == h.OK and b"2000" in done.err, done
    after = h.answers(path)
    for name in ("revenue.movements", "revenue.retention",
                 "capital.structure"):
        question = f"measure {name} --format=json"
        now, then = (json.loads(a[question]) for a in (after, before))
        assert now["rows"] == then["rows"], f"{name} is not as before"
    h.same(h.run("measure", path, "revenue.movements", "--format=csv",
                 f"--as-known={wrong}"), changed, "as known before the undo")
    h.same(h.run("measure", path, "revenue.movements", "--format=csv",
                 f"--as-known={at[0]}"),
           h.run("measure", path, "revenue.movements", "--format=csv"),
           "as known before the import")
    done = h.attempt("undo", path, wrong)
    assert done.code == h.CONFLICT, f"undone twice: {done}"
    for position in (0, -1, 10 ** 9, "x"):
        done = h.attempt("undo", path, position)
        assert done.code in (h.FAILED, h.USAGE), done
    h.run("verify", path)
    h.run("rebuild", path)
    h.same_answers(h.answers(path), after, "rebuilt after undo")


def undo_refunds(report):
    """An import that holds an entry and its refund can be taken back, too:
    everything is as if it had not been."""
    path = report.path("undone-refunds")
    h.run("init", path, "--unit=EUR")
    h.run("post", path, "entry", "party=bob", "day=2024-01-01",
          "amount=10.00")
    before = h.run("measure", path, "revenue.movements", "--format=csv")
    h.run("import", path, "entry", "-", text=(
        "party,day,amount,key,ref\nann,2024-01-05,100.00,k1,\n"
        "ann,2024-01-06,-40.00,k2,k1\n"))
    h.run("undo", path, h.head(path)[0])
    h.same(h.run("measure", path, "revenue.movements", "--format=csv"),
           before, "movements")
    h.run("verify", path)


def undo_one(report):
    """One batch of a hand: the entry is settled by its opposite."""
    path = report.path("undone-one")
    h.run("init", path, "--unit=EUR")
    h.run("post", path, "entry", "party=ann", "day=2024-01-05",
          "amount=100.00")
    where = h.run("post", path, "entry", "party=ann", "day=2024-01-06",
                  "amount=30.00").decode().strip()
    h.run("undo", path, where.lstrip("@").split(".")[0])
    rows = h.measure(path, "customer.statement", "--set", "party=ann")
    found = [(r["day"], r["amount"], r["open"], r["balance"]) for r in rows]
    assert found == [("2024-01-05", "100.00", "100.00", "100.00"),
                     ("2024-01-06", "30.00", "0.00", "130.00"),
                     ("2024-01-06", "-30.00", "-30.00", "100.00")], found


def close(report):
    path = report.path("closed")
    h.run("init", path, "--unit=EUR")
    entry = ["post", path, "entry", "party=ann", "amount=10.00"]
    h.run(*entry, "day=2024-01-31")
    h.run("close", path, "2024-01-31")
    at = h.head(path)
    done = h.attempt(*entry, "day=2024-01-31")
    assert done.code == h.REFUSED, done
    assert b"2024-01-31" in done.err, f"it does not say which day: {done}"
    assert h.head(path) == at, "a refused entry was recorded"
    done = h.attempt("import", path, "entry", "-",
                     text="party,day,amount\nbob,2024-02-01,1.00\n"
                          "bob,2024-01-15,2.00\n")
    assert done.code == h.REFUSED and h.head(path) == at, done
    h.run(*entry, "day=2024-02-01")
    h.run(*entry, "day=2024-01-31", "prior=1")
    h.run(*entry, "day=2024-01-30", "prior=yes")
    for no in ("prior=0", "prior=no"):
        done = h.attempt(*entry, "day=2024-01-30", no)
        assert done.code == h.REFUSED, done
    assert h.attempt("close", path, "2024-01-31").code == h.CONFLICT
    assert h.attempt("close", path, "2023-12-31").code == h.CONFLICT
    h.run("close", path, "2024-02-29")
    assert h.attempt(*entry, "day=2024-02-29").code == h.REFUSED
    assert h.attempt("close", path, "2024-02-30").code == h.USAGE
    h.run(*entry, "day=2024-03-01")
    marks = h.csv_rows(h.run("export", path, "mark"))
    days = [m["day"] for m in marks if m["kind"] in ("1", "close")]
    assert days == ["2024-01-31", "2024-02-29"], marks
    h.run("verify", path)


# --- reading writes nothing ------------------------------------------------

def listing(directory):
    found = {}
    for name in sorted(os.listdir(directory)):
        about = os.stat(os.path.join(directory, name))
        found[name] = (about.st_size, about.st_mtime_ns)
    return found


def reads(path):
    party = some_party(path)
    return [["head", path], ["verify", path], ["report", path],
            ["export", path, "entry"], ["list", path, "party", "--limit=3"],
            ["measure", path, "revenue.cohorts"],
            ["measure", path, "customer.statement", "--set",
             f"party={party}"],
            ["drill", path, "revenue.movements", "--row=2",
             "--column=closing", "--prove"]]


def read_only(report):
    """Reading writes nothing into the ledger and takes no lock; SQLite's own
    shared memory may appear beside it, with an empty log."""
    folder = report.path("read-only")
    os.mkdir(folder)
    path = os.path.join(folder, "ledger")
    h.run("sample", path, "--customers=30", "--seed=2")
    questions = reads(path)
    expected = [h.run(*q) for q in questions]
    for name in os.listdir(folder):
        if name != "ledger":
            os.unlink(os.path.join(folder, name))
    before, data = listing(folder), h.file_bytes(path)
    for question, answer in zip(questions, expected):
        h.same(h.run(*question), answer, " ".join(question[::2]))
    assert h.file_bytes(path) == data
    after = {name: size for name, size in (
        (n, os.path.getsize(os.path.join(folder, n)))
        for n in os.listdir(folder)) if not name.endswith("-shm")}
    after.pop("ledger-wal", 0)
    assert sorted(after) == ["ledger"], f"{before}, then {sorted(after)}"
    wal = os.path.join(folder, "ledger-wal")
    assert not os.path.exists(wal) or os.path.getsize(wal) == 0


def read_only_folder(report):
    """A ledger on a medium that can't be written, asked by somebody who may
    not write it, answers all the same."""
    folder = report.path("read-only-folder")
    os.mkdir(folder)
    path = os.path.join(folder, "ledger")
    h.run("sample", path, "--customers=30", "--seed=2")
    questions = reads(path)
    expected = [h.run(*q) for q in questions]
    for name in os.listdir(folder):
        if name != "ledger":
            os.unlink(os.path.join(folder, name))
    somebody = {}
    if os.getuid() == 0:
        somebody = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chmod(report.directory, 0o755)
    os.chmod(path, 0o444)
    os.chmod(folder, 0o555)
    try:
        try:
            h.attempt("version", **somebody)
        except OSError as why:
            raise h.Skip(f"the command can't be run as nobody: {why}")
        for question, answer in zip(questions, expected):
            h.same(h.run(*question, **somebody), answer, question[0])
        done = h.attempt("post", path, "entry", "party=x", "day=2024-01-01",
                         "amount=1", **somebody)
        assert done.code == 1 and done.err.strip(), done
    finally:
        os.chmod(folder, 0o700)
        os.chmod(path, 0o600)


# --- what is no ledger -----------------------------------------------------

def refused(path, codes, words=None):
    """Refused by every command, and left as it is."""
    is_file = os.path.isfile(path)
    before = h.file_bytes(path) if is_file else sorted(os.listdir(path))
    folder = os.path.dirname(path)
    names = sorted(os.listdir(folder))
    for arguments in (["head", path], ["verify", path],
                      ["measure", path, "revenue.movements"],
                      ["report", path], ["seal", path], ["rebuild", path],
                      ["post", path, "entry", "party=a", "day=2024-01-01",
                       "amount=1"],
                      ["import", path, "entry", os.devnull],
                      ["backup", path, path + "-copy"], ["init", path],
                      ["sample", path, "--customers=2"],
                      ["erase", path, "a"], ["close", path, "2024-01-01"]):
        done = h.attempt(*arguments)
        if arguments[0] == "import" and done.code == h.FAILED:
            pass
        elif arguments[0] == "init":
            assert done.code == h.FAILED, done
        else:
            assert done.code in codes, done
        assert done.err.strip(), f"no words: {done}"
        if words and arguments[0] != "init":
            assert words in done.err.decode(), f"not in these words: {done}"
        after = h.file_bytes(path) if is_file else sorted(os.listdir(path))
        assert after == before, f"{arguments[0]} changed the file"
    now = sorted(os.listdir(folder))
    assert now == names, f"left behind: {sorted(set(now) - set(names))}"


def folder_of(report, name):
    folder = report.path(name)
    os.mkdir(folder)
    return os.path.join(folder, "file")


def no_ledger(report):
    path = folder_of(report, "empty")
    open(path, "wb").close()
    refused(path, (h.FAILED,))
    path = folder_of(report, "text")
    with open(path, "w", encoding="utf-8") as file:
        file.write("party,day,amount\nann,2024-01-01,1.00\n" * 2000)
    refused(path, (h.FAILED,))
    path = folder_of(report, "short")
    with open(path, "wb") as file:
        file.write(b"SQLite format 3\0")
    refused(path, (h.FAILED,))
    path = folder_of(report, "directory")
    os.mkdir(path)
    refused(path, (h.FAILED,))
    for mode in ("delete", "wal"):
        path = folder_of(report, f"other-{mode}")
        other = sqlite3.connect(path)
        other.execute(f"PRAGMA journal_mode={mode}")
        other.execute("CREATE TABLE journal(position INTEGER PRIMARY KEY)")
        other.execute("INSERT INTO journal VALUES(1)")
        other.commit()
        other.close()
        refused(path, (h.FAILED,))
    missing = report.path("missing")
    for arguments in (["head", missing], ["verify", missing],
                      ["measure", missing, "revenue.movements"],
                      ["seal", missing]):
        done = h.attempt(*arguments)
        assert done.code == h.FAILED and done.err.strip(), done
    assert not os.path.exists(missing), "asking made a file"


def crc32c(data, crc=0):
    """CRC-32C bit by bit, from its definition (reflected 0x1EDC6F41)."""
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def stamped(page, number):
    crc = crc32c(page[:PAGE - RESERVED], crc32c(struct.pack("<Q", number)))
    return page[:PAGE - RESERVED] + struct.pack("<II", crc,
                                                crc ^ 0xFFFFFFFF)


def patched(report, source, name, offset, data, stamp):
    path = folder_of(report, name)
    whole = h.file_bytes(source)
    page = bytearray(whole[:PAGE])
    page[offset:offset + len(data)] = data
    page = stamped(bytes(page), 0) if stamp else bytes(page)
    with open(path, "wb") as file:
        file.write(page + whole[PAGE:])
    return path


def newer_format(report):
    source = sample(report, "format", 10)
    assert stamped(h.file_bytes(source)[:PAGE], 0) == \
        h.file_bytes(source)[:PAGE], "the control: the checksum is CRC-32C"
    # SQLite's header: user_version at 60, application_id at 68.
    path = patched(report, source, "newer", 60, struct.pack(">I", 2), True)
    refused(path, (h.FAILED,), "format 2")
    path = patched(report, source, "newer-torn", 60, struct.pack(">I", 2),
                   False)
    refused(path, (h.FAILED, h.CORRUPT))
    path = patched(report, source, "older", 60, struct.pack(">I", 0), True)
    refused(path, (h.FAILED, h.CORRUPT))
    path = patched(report, source, "other-id", 68, b"GPKG", True)
    refused(path, (h.FAILED,))


def other_schema(report):
    """A ledger to which somebody has added a view, a trigger or a column."""
    source = sample(report, "schema", 10)
    for number, change in enumerate((
            "CREATE VIEW entry AS SELECT 1",
            "CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM "
            "vault; END",
            "ALTER TABLE journal ADD COLUMN extra",
            "CREATE TABLE extra(a)", "DROP TABLE vault")):
        path = report.path(f"schema-{number}")
        shutil.copyfile(source, path)
        other = sqlite3.connect(path)
        other.execute("PRAGMA journal_mode=WAL")
        other.execute(change)
        other.commit()
        other.close()
        done = h.attempt("measure", path, "revenue.movements")
        assert done.code in (h.FAILED, h.CORRUPT) and done.err.strip(), \
            f"{change}: {done}"


def main():
    report = h.Report("faults/rebuild_erase")
    for function in (rebuild, seal, backup, erase, erase_many, erase_pending,
                     undo, undo_refunds, undo_one, close, read_only,
                     read_only_folder, no_ledger, newer_format,
                     other_schema):
        report.test(function.__name__, function, report)
    report.finish()


if __name__ == "__main__":
    main()
